import { create } from '@bufbuild/protobuf'
import { DurationSchema, timestampFromMs } from '@bufbuild/protobuf/wkt'
import { expect, test } from 'vitest'
import { KeyKind } from '../../proto/gen/userflow/v1/admin_pb.ts'
import { checkEventsPerSecond, checkExpiry, checkKeyKind, checkLabel, checkOverlap, checkScopes } from './check-key.ts'

const duration = (seconds: bigint, nanos = 0) => create(DurationSchema, { seconds, nanos })
const month = 30n * 86_400n

test('the overlap is nothing to 30 days, and a day if not said', () => {
  expect(checkOverlap(undefined)).toBe(86_400_000)
  expect(checkOverlap(duration(0n))).toBe(0)
  expect(checkOverlap(duration(1n, 500_000_000))).toBe(1_500)
  expect(checkOverlap(duration(month))).toBe(2_592_000_000)
  for (const wrong of [duration(month, 1_000), duration(month + 1n), duration(0n, -1_000), duration(-1n)]) {
    expect(() => checkOverlap(wrong)).toThrow('overlap: must be 0 seconds to 30 days')
  }
})

test('an end lies in the future', () => {
  expect(checkExpiry(undefined)).toBeNull()
  expect(checkExpiry(timestampFromMs(1_001), 1_000)).toEqual(new Date(1_001))
  for (const ms of [1_000, 999, -1]) expect(() => checkExpiry(timestampFromMs(ms), 1_000)).toThrow('in the future')
  const never = { ...timestampFromMs(0), seconds: 1n << 62n }
  expect(() => checkExpiry(never)).toThrow('between the years 1 and 9999')
})

test('a write key sends and does nothing else; a secret key may do what is said', () => {
  expect(checkScopes([], 'write')).toEqual(['ingest'])
  expect(checkScopes(['ingest', 'ingest'], 'write')).toEqual(['ingest'])
  expect(() => checkScopes(['ingest', 'read'], 'write')).toThrow('a write key has ingest only')
  expect(checkScopes([], 'secret')).toEqual(['ingest', 'read'])
  expect(checkScopes(['admin', 'read', 'admin'], 'secret')).toEqual(['read', 'admin'])
  for (const wrong of ['Admin', '', '*', '__proto__']) {
    expect(() => checkScopes(['read', wrong], 'secret')).toThrow('is none of ingest, read, admin')
  }
})

test('limits and labels at their edge and one past it', () => {
  expect(checkEventsPerSecond(0)).toBeNull()
  expect(checkEventsPerSecond(1)).toBe(1)
  expect(checkEventsPerSecond(1_000_000_000)).toBe(1_000_000_000)
  expect(() => checkEventsPerSecond(1_000_000_001)).toThrow('events_per_second: may be at most 1,000,000,000')
  expect(checkLabel('')).toBe('')
  expect(checkLabel('é'.repeat(200))).toBe('é'.repeat(200))
  expect(() => checkLabel('é'.repeat(201))).toThrow('label: must have at most 200 characters, not 201')
  expect(() => checkLabel('a\nb')).toThrow('control characters')
})

test('a kind is said, and one of two', () => {
  expect(checkKeyKind(KeyKind.WRITE)).toBe('write')
  for (const wrong of [KeyKind.UNSPECIFIED, 3 as KeyKind]) expect(() => checkKeyKind(wrong)).toThrow('kind: must be')
})
