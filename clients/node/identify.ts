import { randomFillSync } from 'node:crypto'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { Event } from '../../proto/gen/userflow/v1/event_pb.ts'

/** Lays 16 bytes out as a UUID of version 7: `timeMs` (since 1970) in front, the last 10 bytes of `rest` behind. */
export function uuidV7(timeMs: number, rest: Uint8Array): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(Math.max(0, Math.floor(timeMs)), 0, 6)
  bytes.set(rest.subarray(rest.length - 10), 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const chance = { bytes: Buffer.alloc(10 * 512), used: 10 * 512 }

/** A fresh id. Random bytes are drawn for 512 at a time: a call to the kernel for each would be half of its cost. */
export function newEventId(nowMs: number): string {
  if (chance.used === chance.bytes.length) {
    randomFillSync(chance.bytes)
    chance.used = 0
  }
  const rest = chance.bytes.subarray(chance.used, chance.used + 10)
  chance.used += 10
  return uuidV7(nowMs, rest)
}

/**
 * Gives an event an id and a time where it has none, in place. Id and time together are what the store knows an event by:
 * if the gateway chose them, a resent event would be a new one.
 */
export function identify(event: Event, nowMs: number): void {
  if (event.eventId === '') event.eventId = newEventId(nowMs)
  event.eventTime ??= timestampFromMs(nowMs)
}
