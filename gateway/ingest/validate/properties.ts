import type { WireCursor } from '../../../eventlog/wire-cursor.ts'
import { RejectReason } from '../../../proto/gen/userflow/v1/ingest_pb.ts'
import { limits } from '../limits.ts'
import { quote } from '../quote.ts'
import { structTags as tags } from '../struct-tags.ts'
import { Malformed } from './malformed.ts'
import { hasNul } from './text.ts'

const fine = RejectReason.REJECT_REASON_UNSPECIFIED

/**
 * Checks a google.protobuf.Struct in place: depth, keys, sizes, numbers, and that each value says what it is. The depth
 * is bounded here before any decoder recurses.
 */
export class PropertiesScan {
  readonly #wire: WireCursor
  #keys = 0
  /** A key or a text has NUL. */
  nul = false
  /** Keys that lead to what was wrong, innermost first. */
  path: string[] = []

  constructor(wire: WireCursor) {
    this.#wire = wire
  }

  /** The wire stands at the Struct's first byte. @throws Malformed */
  scan(end: number): RejectReason {
    this.#keys = 0
    this.nul = false
    return this.#struct(end, 1)
  }

  #struct(end: number, depth: number): RejectReason {
    if (depth > limits.propertyDepth) return RejectReason.PROPERTIES_TOO_DEEP
    const wire = this.#wire
    while (wire.at < end) {
      if (!this.#at(tags.entry, end)) continue
      if (++this.#keys > limits.propertyKeys) return RejectReason.PROPERTIES_TOO_MANY
      const reason = this.#entry(wire.until(end), depth)
      if (reason !== fine) return reason
    }
    wire.close(end)
    return fine
  }

  #entry(end: number, depth: number): RejectReason {
    const wire = this.#wire
    let keyAt = 0
    let keyEnd = 0
    let reason: RejectReason = fine
    let values = 0
    while (wire.at < end) {
      const tag = wire.tag()
      if (tag === tags.key) {
        keyEnd = wire.until(end)
        keyAt = wire.at
        if (hasNul(wire.bytes, keyAt, keyEnd)) this.nul = true
        wire.at = keyEnd
      } else if (tag === tags.value) {
        values++
        reason = this.#value(wire.until(end), depth)
        if (reason !== fine) break
      } else this.#unknown(tag, end)
    }
    if (keyEnd - keyAt > limits.nameBytes) reason = RejectReason.NAME_TOO_LONG
    else if (reason === fine && values === 0) reason = RejectReason.PROPERTY_VALUE_MISSING
    if (reason === fine) wire.close(end)
    else this.path.push(quote(wire.bytes.toString('utf8', keyAt, keyEnd)))
    return reason
  }

  #value(end: number, depth: number): RejectReason {
    const wire = this.#wire
    let kinds = 0
    while (wire.at < end) {
      const tag = wire.tag()
      if (tag >= 8 * 7) {
        wire.skip(tag & 7, end)
        continue
      }
      if (++kinds > 1) throw new Malformed('a value of properties is of two kinds')
      const reason = this.#kind(tag, end, depth)
      if (reason !== fine) return reason
    }
    wire.close(end)
    return kinds === 0 ? RejectReason.PROPERTY_VALUE_MISSING : fine
  }

  #kind(tag: number, end: number, depth: number): RejectReason {
    const wire = this.#wire
    if (tag === tags.string) return this.#text(wire.until(end))
    if (tag === tags.number) {
      // NaN fails the comparison too.
      return Math.abs(wire.double()) <= limits.number ? fine : RejectReason.NUMBER_OUT_OF_RANGE
    }
    if (tag === tags.struct) return this.#struct(wire.until(end), depth + 1)
    if (tag === tags.list) return this.#list(wire.until(end), depth + 1)
    if (tag !== tags.null && tag !== tags.bool) throw new Malformed('a field of properties has the wrong wire type')
    wire.long()
    return fine
  }

  #list(end: number, depth: number): RejectReason {
    if (depth > limits.propertyDepth) return RejectReason.PROPERTIES_TOO_DEEP
    const wire = this.#wire
    while (wire.at < end) {
      if (!this.#at(tags.item, end)) continue
      const reason = this.#value(wire.until(end), depth)
      if (reason !== fine) return reason
    }
    wire.close(end)
    return fine
  }

  #text(end: number): RejectReason {
    const wire = this.#wire
    if (end - wire.at > limits.textBytes) return RejectReason.TEXT_TOO_LONG
    if (hasNul(wire.bytes, wire.at, end)) this.nul = true
    wire.at = end
    return fine
  }

  /** Whether the next field is the one asked for; skips a field unknown to this version. */
  #at(tag: number, end: number): boolean {
    const found = this.#wire.tag()
    if (found === tag) return true
    this.#unknown(found, end)
    return false
  }

  #unknown(tag: number, end: number): void {
    if (tag < 8 * 3) throw new Malformed('a field of properties has the wrong wire type')
    this.#wire.skip(tag & 7, end)
  }
}
