import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { EventLog, LogRecord } from '../../eventlog/eventlog.ts'
import { encodeRecord } from '../../eventlog/record.ts'
import { scanLog } from './scan-log.ts'

const record = (offset: number, id: string, companyId = 1): LogRecord => ({
  offset,
  key: Buffer.from('k'),
  value: encodeRecord(
    { companyId, siteId: 1, receivedAtUs: 5n, eventId: Buffer.from(id.replaceAll('-', ''), 'hex'), eventTimeUs: 1n },
    undefined,
  ),
})

/** The one method of the log that a search uses. */
const logOf = (partitions: Record<number, readonly LogRecord[]>) =>
  ({
    async *scan({ partition, from, to }) {
      for (const one of partitions[partition] ?? []) if (one.offset >= from && one.offset < to) yield [one]
    },
  }) as Pick<EventLog, 'scan'> as EventLog

const ranges = [
  { partition: 0, from: 0, to: 10 },
  { partition: 1, from: 0, to: 10 },
]

test('each partition gets its share of the bound, and a search that was cut short says so', async () => {
  const eventId = randomUUID()
  const log = logOf({ 0: [record(0, randomUUID())], 1: [record(4, eventId)] })
  const wanted = { companyId: 1, eventId, ranges }
  expect(await scanLog(log, wanted, { records: 20, timeMs: 3_000 })).toMatchObject({
    at: { partition: 1, offset: 4, envelope: { receivedAtUs: 5n } },
  })
  expect(await scanLog(log, wanted, { records: 10, timeMs: 3_000 })).toMatchObject({ at: { partition: 1 } })
  expect(await scanLog(log, wanted, { records: 8, timeMs: 3_000 })).toBe('cut-short')
  expect(await scanLog(log, { ...wanted, eventId: randomUUID() }, { records: 20, timeMs: 3_000 })).toBe('nowhere')
})

test("another company's event is nowhere", async () => {
  const eventId = randomUUID()
  const log = logOf({ 0: [record(0, eventId, 2)] })
  expect(await scanLog(log, { companyId: 1, eventId, ranges })).toBe('nowhere')
})

test('a log that never answers ends the search, cut short', async () => {
  const silent = {
    scan: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) }),
  } as Pick<EventLog, 'scan'> as EventLog
  const wanted = { companyId: 1, eventId: randomUUID(), ranges }
  expect(await scanLog(silent, wanted, { records: 20, timeMs: 20 })).toBe('cut-short')
})
