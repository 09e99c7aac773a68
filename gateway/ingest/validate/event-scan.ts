import { WireCursor } from '../../../eventlog/wire-cursor.ts'
import { RejectReason } from '../../../proto/gen/userflow/v1/ingest_pb.ts'
import { limits } from '../limits.ts'
import { Rejection, undecodable } from '../rejection.ts'
import { eventRule, type FieldRule, type MessageRule, Slot, slots } from './fields.ts'
import { Malformed } from './malformed.ts'
import { PropertiesScan } from './properties.ts'
import { hasNul } from './text.ts'

const fine = RejectReason.REJECT_REASON_UNSPECIFIED

/**
 * Checks an event in one pass over its bytes, without decoding it: every field against its rule, every text for UTF-8.
 * One scan is used again for every event, as results stay until the next `scan`. Whatever passes is read by protobuf-es
 * without error, also one level deeper inside an envelope, and can be stored by Postgres once NUL is replaced.
 */
export class EventScan {
  readonly #wire = new WireCursor((why) => new Malformed(why))
  readonly #properties = new PropertiesScan(this.#wire)
  readonly #spans = new Int32Array(2 * slots)
  #path: string[] = []
  #acted = false
  /** Some text has NUL. */
  nul = false
  /** event_time was sent. */
  timed = false
  seconds = 0
  nanos = 0

  /** Why the event breaks a rule that needs nothing but its bytes, if it does. Never throws. */
  scan(bytes: Buffer): Rejection | undefined {
    this.#reset(bytes)
    if (bytes.length > limits.eventBytes) return this.#tooLarge(bytes)
    const rejection = this.#check(bytes)
    if (rejection !== undefined && this.#spans[2 * Slot.eventId + 1] === 0) this.#findId(bytes)
    return rejection
  }

  #check(bytes: Buffer): Rejection | undefined {
    try {
      const reason = this.#message(eventRule, bytes.length)
      if (reason !== fine) return new Rejection(reason, this.#path.reverse().join('.'))
      return this.#acted ? undefined : new Rejection(RejectReason.ACTION_MISSING, 'action')
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      return undecodable(this.#path.reverse().join('.'), `The bytes are no Event, because ${error.message}`)
    }
  }

  /** A text of the event as the sender sent it; empty if absent. */
  text(slot: number): string {
    const end = this.#spans[2 * slot + 1]!
    return end === 0 ? '' : this.#wire.bytes.toString('utf8', this.#spans[2 * slot]!, end)
  }

  /** The bytes of `Slot.properties`: a google.protobuf.Struct, part of the event's own bytes; empty if absent. */
  bytesOf(slot: number): Buffer {
    return this.#wire.bytes.subarray(this.#spans[2 * slot]!, this.#spans[2 * slot + 1]!)
  }

  #reset(bytes: Buffer): void {
    this.#wire.open(bytes)
    this.#spans.fill(0)
    this.#path = []
    this.nul = this.timed = this.#acted = false
    this.seconds = this.nanos = 0
  }

  /** Too large to be looked at, but encoders write the id first, and its sender wants to know which event it was. */
  #tooLarge(bytes: Buffer): Rejection {
    if (bytes[0] === 0x0a && bytes[1] === 36) this.#spans.set([2, 2 + 36], 2 * Slot.eventId)
    return new Rejection(RejectReason.EVENT_TOO_LARGE, '')
  }

  /** The id may stand behind what is wrong, as no encoder has to keep an order, and its sender wants to know which event it was. */
  #findId(bytes: Buffer): void {
    const wire = this.#wire
    wire.open(bytes)
    try {
      while (wire.at < bytes.length) {
        const tag = wire.tag()
        if (tag === 0x0a) {
          const end = wire.until(bytes.length)
          if (end - wire.at === 36) this.#spans.set([wire.at, end], 2 * Slot.eventId)
          return
        }
        wire.skip(tag & 7, bytes.length)
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
    }
  }

  #message(rule: MessageRule, end: number): RejectReason {
    const wire = this.#wire
    for (let at = 0; at < rule.required.length; at++) this.#spans[2 * rule.required[at]!.slot + 1] = 0
    let seen = 0
    let repeated = 0
    while (wire.at < end) {
      const tag = wire.tag()
      const field = rule.fields[tag >>> 3]
      if (field === undefined) {
        wire.skip(tag & 7, end)
        continue
      }
      if ((tag & 7) !== field.wireType) throw new Malformed(`${field.name} has the wrong wire type`)
      if (field.repeated && ++repeated > field.most) return this.#fail(field.name, field.reason)
      if (!field.repeated && field.wireType === 2 && field.kind !== 'text') {
        // Decoders merge two of these, some at a cost that grows with the square of the size. No encoder writes two.
        const bit = 1 << (tag >>> 3)
        if ((seen & bit) !== 0) throw new Malformed(`${field.name} is there twice`)
        seen |= bit
      }
      const reason = this.#field(field, end)
      if (reason !== fine) return this.#fail(field.repeated ? `${field.name}[${repeated - 1}]` : field.name, reason)
    }
    wire.close(end)
    for (let at = 0; at < rule.required.length; at++) {
      const field = rule.required[at]!
      if (this.#spans[2 * field.slot + 1] === 0) return this.#fail(field.name, RejectReason.FIELD_REQUIRED)
    }
    return fine
  }

  #field(field: FieldRule, end: number): RejectReason {
    const wire = this.#wire
    switch (field.kind) {
      case 'text':
        return this.#text(field, wire.until(end))
      case 'whole':
        return wire.varint32() > field.most ? field.reason : fine
      case 'measure': {
        const value = wire.double()
        return value >= 0 && value <= limits.number ? fine : RejectReason.NUMBER_OUT_OF_RANGE
      }
      case 'time':
        return this.#time(wire.until(end))
      case 'struct': {
        const until = wire.until(end)
        this.#spans[2 * field.slot] = wire.at
        this.#spans[2 * field.slot + 1] = until
        const reason = this.#properties.scan(until)
        if (this.#properties.nul) this.nul = true
        if (reason !== fine) this.#path.push(...this.#properties.path.splice(0))
        return reason
      }
      case 'message':
        if (field.action && this.#acted) throw new Malformed('there are two actions')
        if (field.action) this.#acted = true
        return this.#message(field.message!, wire.until(end))
    }
  }

  #text(field: FieldRule, end: number): RejectReason {
    const wire = this.#wire
    const start = wire.at
    if (end - start > field.most) return field.reason
    if (hasNul(wire.bytes, start, end)) this.nul = true
    if (field.slot >= 0) {
      this.#spans[2 * field.slot] = start
      // An empty text is an absent one.
      this.#spans[2 * field.slot + 1] = end === start ? 0 : end
    }
    wire.at = end
    return fine
  }

  #time(end: number): RejectReason {
    const wire = this.#wire
    this.timed = true
    while (wire.at < end) {
      const tag = wire.tag()
      if (tag === 8) this.seconds = wire.long()
      else if (tag === 16) this.nanos = wire.varint32() | 0
      else if (tag >= 24) wire.skip(tag & 7, end)
      else throw new Malformed('event_time has the wrong wire type')
    }
    wire.close(end)
    return fine
  }

  #fail(name: string, reason: RejectReason): RejectReason {
    this.#path.push(name)
    return reason
  }
}
