import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { fromBinary } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { type EventEnvelope, EventEnvelopeSchema } from '../proto/gen/userflow/v1/envelope_pb.ts'
import {
  beginMessage,
  copyMessage,
  putVarint,
  varintBytes,
  writeBytes,
  writeInteger,
  writeLong,
  writePresentInteger,
  writeText,
  writtenBytes,
} from './wire.ts'

/** The fields of an EventEnvelope that the gateway adds to the sender's event. Absent is the same as empty. */
export type EnvelopeHeader = EnvelopeFields<'companyId' | 'siteId' | 'receivedAtUs' | 'eventId' | 'eventTimeUs'>

type EnvelopeFields<Required extends keyof EventEnvelope> = Pick<EventEnvelope, Required> &
  Partial<Omit<EventEnvelope, Required | '$typeName' | '$unknown' | 'event' | 'checksum'>>

/** A record read back: its envelope, or the reason for which it becomes a dead letter. */
export type DecodedRecord = { readonly ok: true; readonly envelope: EventEnvelope } | UnreadableRecord

/** Why a record cannot be read. */
export interface UnreadableRecord {
  readonly ok: false
  readonly reason: 'RECORD_CORRUPT' | 'RECORD_UNDECODABLE'
  readonly message: string
}

const eventField = 30
/** Wire type 2: bytes. */
const eventTag = (eventField << 3) | 2
/** Field 31, wire type 5: the checksum; in two bytes, as it is above 127. */
const checksumTag = [0xfd, 0x01] as const
const checksumBytes = 6

/**
 * Writes the value of a record: the header's fields, the sender's event bytes as they came (so fields unknown to us
 * survive), and the checksum. Without `eventBytes` there is no event: a rejected one, whose bytes are in the header.
 */
export function encodeRecord(header: EnvelopeHeader, eventBytes: Uint8Array | undefined): Uint8Array {
  beginMessage()
  writeHeader(header)
  const headerBytes = writtenBytes()
  const eventPrefixBytes = eventBytes ? varintBytes(eventTag) + varintBytes(eventBytes.length) : 0
  const checkedBytes = headerBytes + eventPrefixBytes + (eventBytes?.length ?? 0)

  const record = Buffer.allocUnsafe(checkedBytes + checksumBytes)
  copyMessage(record)
  if (eventBytes) {
    const at = putVarint(record, eventBytes.length, putVarint(record, eventTag, headerBytes))
    record.set(eventBytes, at)
  }
  return putChecksum(record)
}

/** Fills the last six bytes with the checksum of those before. */
function putChecksum(record: Buffer): Buffer {
  const checkedBytes = record.length - checksumBytes
  record[checkedBytes] = checksumTag[0]
  record[checkedBytes + 1] = checksumTag[1]
  record.writeUInt32LE(crc32(record.subarray(0, checkedBytes)), checkedBytes + 2)
  return record
}

/** In the order of the fields, as every encoder writes them: equal envelopes have equal bytes. */
function writeHeader(header: EnvelopeHeader): void {
  writeInteger(1, header.companyId)
  writeInteger(2, header.siteId)
  writeLong(3, header.receivedAtUs)
  writeBytes(4, header.eventId)
  writeLong(5, header.eventTimeUs)
  writeText(6, header.ipAddress)
  writeText(7, header.userAgent)
  writeInteger(8, header.door)
  writeInteger(9, header.contractVersion)
  if (header.skewMs !== undefined) writePresentInteger(10, header.skewMs)
  writeText(11, header.visitorId)
  writeText(12, header.hintPlatform)
  writeText(13, header.hintPlatformVersion)
  writeInteger(14, header.hintMobile)
  writeText(15, header.hintModel)
  writeText(16, header.countryHeader)
  writeInteger(17, header.textRepaired)
  writeText(18, header.rejectedReason)
  writeText(19, header.rejectedField)
  writeText(20, header.rejectedMessage)
  writeBytes(21, header.rejectedBytes)
  writeInteger(22, header.replayed)
}

/**
 * Reads the value of a record into an object. Checks the checksum before anything else; never throws, whatever the bytes are.
 * For those who look at a few records; the worker's threads read all of them, with `RecordView`.
 */
export function decodeRecord(value: Uint8Array): DecodedRecord {
  return corruptionOf(value) ?? decodeEnvelope(value)
}

/** What is wrong with the checksum of a record's value, if anything is. */
export function corruptionOf(value: Uint8Array): UnreadableRecord | undefined {
  const checkedBytes = value.length - checksumBytes
  if (checkedBytes < 0) return corrupt(`${value.length} bytes are too few for a record`)
  if (value[checkedBytes] !== checksumTag[0] || value[checkedBytes + 1] !== checksumTag[1]) {
    return corrupt('the record does not end with a checksum')
  }
  const at = checkedBytes + 2
  const stated = value[at]! | (value[at + 1]! << 8) | (value[at + 2]! << 16) | (value[at + 3]! << 24)
  const computed = crc32(new Uint8Array(value.buffer, value.byteOffset, checkedBytes))
  return computed === stated >>> 0 ? undefined : corrupt('the checksum does not fit the bytes')
}

function corrupt(message: string): UnreadableRecord {
  return { ok: false, reason: 'RECORD_CORRUPT', message }
}

/** Reads a value whose checksum fits. Never throws. */
export function decodeEnvelope(value: Uint8Array): DecodedRecord {
  try {
    return { ok: true, envelope: fromBinary(EventEnvelopeSchema, value) }
  } catch (error) {
    // The bytes are as they were written, but are no envelope: written by a stranger, or the event nested too deep.
    const why = error instanceof Error ? error.message : String(error)
    return { ok: false, reason: 'RECORD_UNDECODABLE', message: `not an envelope: ${why}` }
  }
}

/** Field 22, a bool: true. */
const replayedMark = [0xb0, 0x01, 0x01] as const

/**
 * The same record, said to be replayed. Fields may come in any order, so the mark goes behind the event and every other byte
 * stays as it is, fields of a later contract included. The value must be a sound record.
 */
export function markReplayed(value: Uint8Array): Uint8Array {
  const checkedBytes = value.length - checksumBytes
  const record = Buffer.concat([
    value.subarray(0, checkedBytes),
    Buffer.from(replayedMark),
    Buffer.alloc(checksumBytes),
  ])
  return putChecksum(record)
}

/** The sender's own bytes of the event in a sound record; undefined if it has none, or more than one, as no gateway writes. */
export function eventBytesOf(value: Uint8Array): Buffer | undefined {
  const reader = new BinaryReader(value)
  let found: Buffer | undefined
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field !== eventField) reader.skip(wireType, field)
    else if (found !== undefined || wireType !== WireType.LengthDelimited) return undefined
    else found = Buffer.from(reader.bytes())
  }
  return found
}

/** Key of a record. All events of a session have one key, so they lie in one partition, in order. */
export const sessionKey = (companyId: number, session: string): Uint8Array => Buffer.from(`${companyId}:${session}`)

/** Partition of a key, as Java Kafka's own partitioner computes it: other producers of the topic then agree with us. */
export const partitionOf = (key: Uint8Array, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions

/**
 * Fingerprint of a record, 16 bytes. Stored beside the offset, it tells on the next start whether the log still holds
 * the same record there, or was truncated or made anew.
 */
export const anchorOf = (record: { readonly key: Uint8Array; readonly value: Uint8Array }): Uint8Array =>
  createHash('sha256').update(record.key).update(record.value).digest().subarray(0, 16)

/** Austin Appleby's MurmurHash2 of 32 bits, with Kafka's seed. */
function murmur2(data: Uint8Array): number {
  const multiplier = 0x5bd1e995
  let hash = 0x9747b28c ^ data.length
  const words = data.length >> 2
  for (let word = 0; word < words; word++) {
    const at = word << 2
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
    k = Math.imul(k, multiplier)
    k ^= k >>> 24
    hash = Math.imul(hash, multiplier) ^ Math.imul(k, multiplier)
  }
  const rest = words << 2
  const left = data.length & 3
  if (left === 3) hash ^= data[rest + 2]! << 16
  if (left >= 2) hash ^= data[rest + 1]! << 8
  if (left >= 1) hash = Math.imul(hash ^ data[rest]!, multiplier)
  hash ^= hash >>> 13
  hash = Math.imul(hash, multiplier)
  return hash ^ (hash >>> 15)
}
