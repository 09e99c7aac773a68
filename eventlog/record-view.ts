import { type JsonObject, toBinary } from '@bufbuild/protobuf'
import { type EventEnvelope, EventEnvelopeSchema } from '../proto/gen/userflow/v1/envelope_pb.ts'
import type { JsonText } from './json-text.ts'
import { decodeProperties } from './properties-alone.ts'
import { PropertiesText } from './properties-text.ts'
import { corruptionOf, decodeEnvelope, type UnreadableRecord } from './record.ts'
import {
  envelopePlan,
  fieldsMax,
  Kind,
  type MessagePlan,
  Num,
  numberPlaces,
  Text,
  textPlaces,
  wireTypes,
} from './record-fields.ts'
import { Script, scriptOf } from './script.ts'
import { unusual } from './unusual.ts'
import { WireCursor } from './wire-cursor.ts'

/** A place of a text in the record's bytes. */
export interface Span {
  readonly start: number
  readonly end: number
  /** One of `Script`. */
  readonly script: number
}

/** An experiment of the event. */
export interface ExperimentSpans {
  readonly experimentId: Span
  readonly variant: Span
}

/** What `toString` calls after looking at its arguments, which takes as long as a short text itself. */
interface SlicedBuffer extends Buffer {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}

/**
 * Reads a record in place, without making an object or a text of it: for the worker's threads, which turn most of its bytes
 * into a row as they are. One view serves all records of a thread, each until the next `read`.
 *
 * It reads what encoders write. Whatever is unusual (a message in two parts, a wrong wire type, groups) is decoded by the
 * general decoder and encoded again without unknown fields, and the view reads that; unusual properties are decoded alone.
 * So what a strange record means is said in one place only, and ordinary ones cost a fifth of it.
 */
export class RecordView {
  readonly #cursor = new WireCursor(() => unusual)
  readonly #properties = new PropertiesText(this.#cursor)
  readonly #starts = new Int32Array(textPlaces)
  readonly #ends = new Int32Array(textPlaces)
  readonly #scripts = new Uint8Array(textPlaces)
  readonly #numbers = new Float64Array(numberPlaces)
  /** The event's experiments, in order. */
  experiments: ExperimentSpans[] = []
  /** The event's properties where they are unusual; those of `propertiesJson` otherwise. */
  unusualProperties: JsonObject | undefined = undefined
  /** The event has fields, on whatever level above its properties, that this version of the contract does not know. */
  hasUnread = false

  /** Reads the value of a record, checksum first. Returns why it cannot be read, and then the view holds nothing of use. */
  read(value: Buffer): UnreadableRecord | undefined {
    const corruption = corruptionOf(value)
    if (corruption !== undefined) return corruption
    if (this.#take(value)) return undefined
    const decoded = decodeEnvelope(value)
    return decoded.ok ? this.#takeEnvelope(decoded.envelope) : decoded
  }

  /** What `start` and `end` count in. */
  get bytes(): Buffer {
    return this.#cursor.bytes
  }

  /** The properties as JSON text; empty if there are none or they are unusual. */
  get propertiesJson(): JsonText {
    return this.#properties.json
  }

  /** A number of `Num`; 0 if absent, but for the skew. Whole ones are unsigned: `| 0` gives an int32. */
  number(place: number): number {
    return this.#numbers[place]!
  }

  /** A text of `Text`; empty if absent. */
  text(place: number): string {
    const start = this.#starts[place]!
    const end = this.#ends[place]!
    if (start === end) return ''
    const bytes = this.bytes as SlicedBuffer
    return this.#scripts[place] === Script.ascii ? bytes.latin1Slice(start, end) : bytes.utf8Slice(start, end)
  }

  start(place: number): number {
    return this.#starts[place]!
  }

  end(place: number): number {
    return this.#ends[place]!
  }

  /** How many bytes a text has. */
  length(place: number): number {
    return this.#ends[place]! - this.#starts[place]!
  }

  /** One of `Script`. */
  script(place: number): number {
    return this.#scripts[place]!
  }

  /** Whether the bytes are written as encoders write them. Of others nothing that was read may be used. */
  #take(value: Buffer): boolean {
    this.#starts.fill(0)
    this.#ends.fill(0)
    this.#scripts.fill(0)
    this.#numbers.fill(0)
    this.#numbers[Num.skewMs] = Number.NaN
    this.#properties.json.clear()
    this.unusualProperties = undefined
    this.hasUnread = false
    if (this.experiments.length > 0) this.experiments = []
    this.#cursor.open(value)
    try {
      this.#message(envelopePlan, value.length)
      return true
    } catch (error) {
      if (error !== unusual) throw error
      return false
    }
  }

  #takeEnvelope(envelope: EventEnvelope): UnreadableRecord | undefined {
    const { event } = envelope
    const properties = event?.properties
    if (event !== undefined) delete event.properties
    const plain = toBinary(EventEnvelopeSchema, envelope, { writeUnknownFields: false })
    if (!this.#take(Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength))) {
      throw new Error('an envelope that was just encoded cannot be read')
    }
    this.unusualProperties = properties
    return undefined
  }

  #message(plan: MessagePlan, end: number): void {
    const cursor = this.#cursor
    let seen = 0
    while (cursor.at < end) {
      const tag = cursor.tag()
      const field = tag >>> 3
      const kind = field < fieldsMax ? plan.kinds[field]! : Kind.unknown
      if (kind === Kind.unknown) {
        if (plan !== envelopePlan) this.hasUnread = true
        cursor.skip(tag & 7, end)
        continue
      }
      if ((tag & 7) !== wireTypes[kind]) throw unusual
      if (kind >= Kind.message) {
        // Decoders merge two of these.
        const bit = 1 << field
        if ((seen & bit) !== 0) throw unusual
        seen |= bit
      }
      if ((tag & 7) === 2) this.#delimited(plan, field, cursor.until(end))
      else this.#numbers[plan.places[field]!] = this.#number(kind)
    }
    cursor.close(end)
  }

  #number(kind: number): number {
    const cursor = this.#cursor
    if (kind === Kind.whole) return cursor.varint32()
    if (kind === Kind.long) return cursor.long()
    if (kind === Kind.bool) return cursor.bool()
    if (kind === Kind.double) return cursor.double()
    cursor.at += 4
    return 0
  }

  #delimited(plan: MessagePlan, field: number, end: number): void {
    const place = plan.places[field]!
    const kind = plan.kinds[field]!
    const numbers = this.#numbers
    if (kind === Kind.text) {
      this.#text(place, end)
    } else if (kind === Kind.bytes) {
      this.#span(place, end)
    } else if (kind === Kind.properties) {
      this.#readProperties(end)
    } else if (kind === Kind.experiment) {
      this.#experiment(plan.messages[field]!, end)
    } else {
      // Of two actions the last counts.
      if (kind === Kind.action && numbers[place] !== 0) throw unusual
      numbers[place] = kind === Kind.action ? field : 1
      this.#message(plan.messages[field]!, end)
    }
  }

  /** Where only the properties are unusual, only they are decoded. */
  #readProperties(end: number): void {
    const { bytes, at } = this.#cursor
    try {
      this.#properties.read(end)
    } catch (error) {
      if (error !== unusual) throw error
      this.#properties.json.clear()
      this.unusualProperties = decodeProperties(bytes.subarray(at, end))
      this.#cursor.at = end
    }
  }

  #text(place: number, end: number): void {
    const { bytes, at } = this.#cursor
    let script: number = Script.ascii
    for (let index = at; index < end; index++) {
      const byte = bytes[index]!
      if (byte !== 0 && byte < 128) continue
      script = scriptOf(bytes.subarray(at, end))
      break
    }
    this.#scripts[place] = script
    this.#span(place, end)
  }

  #span(place: number, end: number): void {
    this.#starts[place] = this.#cursor.at
    this.#ends[place] = end
    this.#cursor.at = end
  }

  #experiment(plan: MessagePlan, end: number): void {
    for (const place of [Text.experimentId, Text.variant]) this.#ends[place] = this.#starts[place] = 0
    this.#message(plan, end)
    this.experiments.push({ experimentId: this.span(Text.experimentId), variant: this.span(Text.variant) })
  }

  /** Where a text lies. */
  span(place: number): Span {
    return { start: this.start(place), end: this.end(place), script: this.script(place) }
  }
}
