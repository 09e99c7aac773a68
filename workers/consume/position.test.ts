import { expect, test } from 'vitest'
import type { LogRecord } from '../../eventlog/eventlog.ts'
import { judgePosition, placeBatch } from './position.ts'

const hash = (record: LogRecord) => record.value
const records = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    offset: from + i,
    key: new Uint8Array(),
    value: Uint8Array.of((from + i) % 251),
  }))
const anchorAt = (offset: number) => Uint8Array.of(offset % 251)

test('reading goes on one record early while the anchor can be checked', () => {
  const anchor = anchorAt(9)
  expect(judgePosition({ next: 10, anchor }, { low: 0, high: 20 })).toEqual({ do: 'start', at: 9, anchor })
  expect(judgePosition({ next: 10, anchor }, { low: 9, high: 10 })).toEqual({ do: 'start', at: 9, anchor })
})

test('without a record at the anchor reading starts at the stored offset, unchecked', () => {
  const start = { do: 'start', at: 10, anchor: undefined }
  expect(judgePosition({ next: 10, anchor: anchorAt(9) }, { low: 10, high: 20 })).toEqual(start)
  expect(judgePosition({ next: 10, anchor: undefined }, { low: 0, high: 10 })).toEqual(start)
  expect(judgePosition({ next: 0, anchor: undefined }, { low: 0, high: 0 })).toEqual({ ...start, at: 0 })
})

test('a log that ends before the stored offset stops, and deleted records are named', () => {
  expect(judgePosition({ next: 21, anchor: undefined }, { low: 0, high: 20 })).toEqual({ do: 'beyond_end' })
  expect(judgePosition({ next: 4, anchor: anchorAt(3) }, { low: 7, high: 20 })).toEqual({ do: 'lost', from: 4, to: 7 })
})

test('a batch at the expected offset is applied; one that begins earlier only where the anchor shows that it is the same log', () => {
  const expected = { next: 10, anchor: undefined }
  expect(placeBatch(expected, { records: records(10, 13) }, hash)).toEqual({ do: 'apply', records: records(10, 13) })
  expect(placeBatch(expected, { records: records(7, 13) }, hash).do).toBe('take_over')
  const checked = placeBatch({ next: 10, anchor: anchorAt(9) }, { records: records(7, 13) }, hash)
  expect(checked).toEqual({ do: 'apply', records: records(10, 13) })
})

test('a batch wholly below the stored offset is never skipped', () => {
  expect(placeBatch({ next: 10, anchor: undefined }, { records: records(0, 10) }, hash).do).toBe('take_over')
  expect(placeBatch({ next: 10, anchor: anchorAt(9) }, { records: records(0, 5) }, hash).do).toBe('take_over')
})

test('the anchor alone is nothing new; another record in its place is told', () => {
  const expected = { next: 10, anchor: anchorAt(9) }
  expect(placeBatch(expected, { records: records(9, 10) }, hash)).toEqual({ do: 'nothing' })
  expect(placeBatch(expected, { records: records(9, 12) }, hash)).toEqual({ do: 'apply', records: records(10, 12) })
  const replaced = records(9, 12).map((record) => ({ ...record, value: Uint8Array.of(255) }))
  expect(placeBatch(expected, { records: replaced }, hash)).toEqual({ do: 'wrong_anchor', found: Uint8Array.of(255) })
  expect(placeBatch(expected, { records: records(10, 12) }, hash)).toEqual({ do: 'wrong_anchor', found: undefined })
})

test('missing records are a gap and say where the log goes on', () => {
  expect(placeBatch({ next: 10, anchor: undefined }, { records: records(14, 16) }, hash)).toEqual({
    do: 'gap',
    records: records(14, 16),
    found: 14,
  })
})
