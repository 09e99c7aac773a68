import { randomFillSync } from 'node:crypto'
import { RejectReason } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { limits } from './limits.ts'
import { Rejection } from './rejection.ts'
import type { EventScan } from './validate/event-scan.ts'
import { Slot } from './validate/fields.ts'

/** By what an event is counted once: its id and its time, and neither may differ between two sends of it. */
export interface Identity {
  /** 16 bytes. */
  readonly eventId: Uint8Array
  /** Microseconds since 1970. */
  readonly eventTimeUs: number
  /** The event came without an id. */
  readonly assigned: boolean
}

/** Makes the id of an event that came without one, from its receive time in microseconds since 1970. */
export type NewEventId = (receivedAtUs: number) => Uint8Array

/** The identity of the event just scanned, received at that time in microseconds since 1970. */
export function identify(
  scan: EventScan,
  receivedAtUs: number,
  newId: NewEventId = randomEventId,
): Identity | Rejection {
  const sent = scan.text(Slot.eventId)
  // An assigned id holds the receive time, so a sender that resends with it and still without a time is counted once.
  const eventId = sent === '' ? newId(receivedAtUs) : parseUuid(sent)
  if (eventId === undefined) return new Rejection(RejectReason.EVENT_ID_INVALID, 'event_id')
  const eventTimeUs = scan.timed ? sentTimeUs(scan) : (timeInId(eventId) ?? receivedAtUs)
  const wrong = scan.timed ? timeProblem(eventTimeUs, receivedAtUs) : undefined
  if (wrong !== undefined) return new Rejection(wrong, 'event_time')
  if (scan.timed || timeProblem(eventTimeUs, receivedAtUs) === undefined) {
    return { eventId, eventTimeUs, assigned: sent === '' }
  }
  return { eventId, eventTimeUs: receivedAtUs, assigned: sent === '' }
}

/** Microseconds, nanoseconds cut off as Postgres keeps none; NaN if it is no time. */
function sentTimeUs({ seconds, nanos }: { seconds: number; nanos: number }): number {
  if (nanos < 0 || nanos > 999_999_999) return Number.NaN
  return seconds * 1_000_000 + Math.trunc(nanos / 1_000)
}

/** Why an event cannot have happened at this time, if it was received at that one; both in microseconds since 1970. */
export function timeProblem(timeUs: number, receivedAtUs: number): RejectReason | undefined {
  // Written so that NaN is out of range.
  const inRange = timeUs >= limits.earliestSeconds * 1e6 && timeUs < limits.latestSeconds * 1e6
  if (!inRange) return RejectReason.EVENT_TIME_OUT_OF_RANGE
  return timeUs > receivedAtUs + limits.aheadUs ? RejectReason.EVENT_TIME_IN_FUTURE : undefined
}

/** Microseconds since 1970 inside a UUID of version 7; undefined for other versions. */
function timeInId(id: Uint8Array): number | undefined {
  if (id[6]! >> 4 !== 7 || id[8]! >> 6 !== 2) return undefined
  const ms = id[0]! * 2 ** 40 + id[1]! * 2 ** 32 + (id[2]! * 2 ** 24 + id[3]! * 2 ** 16 + id[4]! * 2 ** 8 + id[5]!)
  return ms * 1_000
}

const random = Buffer.alloc(4_096)
let used = random.length

function randomEventId(atUs: number): Uint8Array {
  if (used + 16 > random.length) {
    randomFillSync(random)
    used = 0
  }
  const tail = random.subarray(used, used + 10)
  used += 10
  return eventIdOf(atUs, tail)
}

/** A UUID of version 7 with this time in microseconds since 1970; `tail` has at least ten bytes that no other id has. */
export function eventIdOf(atUs: number, tail: Uint8Array): Uint8Array {
  const id = new Uint8Array(16)
  for (let at = 6; at < 16; at++) id[at] = tail[at - 6]!
  const ms = Math.trunc(atUs / 1_000)
  for (let at = 5, rest = ms; at >= 0; at--, rest = Math.floor(rest / 256)) id[at] = rest % 256
  id[6] = (id[6]! & 0x0f) | 0x70
  id[8] = (id[8]! & 0x3f) | 0x80
  return id
}

const bad = 255
const hexValue = new Uint8Array(128).fill(bad)
for (let value = 0; value < 16; value++) {
  hexValue[value.toString(16).charCodeAt(0)] = value
  hexValue[value.toString(16).toUpperCase().charCodeAt(0)] = value
}

/** The 16 bytes of a UUID in its 36-character form, in capitals or not; undefined if it is none. */
export function parseUuid(text: string): Uint8Array | undefined {
  if (text.length !== 36) return undefined
  const bytes = new Uint8Array(16)
  let wrong = 0
  for (let at = 0, byte = 0; byte < 16; byte++, at += 2) {
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (text.charCodeAt(at) !== 0x2d) return undefined
      at++
    }
    const high = hexValue[text.charCodeAt(at)] ?? bad
    const low = hexValue[text.charCodeAt(at + 1)] ?? bad
    wrong |= high | low
    bytes[byte] = (high << 4) | low
  }
  return (wrong & 0xf0) === 0 ? bytes : undefined
}

/** The 36-character form of 16 bytes, in small letters. */
export function formatUuid(id: Uint8Array): string {
  const hex = Buffer.from(id).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
