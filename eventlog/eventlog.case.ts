import { describe, expect, test } from 'vitest'
import { Collector, numbered, pause, range } from './collector.case.ts'
import type { Appended, EventLog, LogReader, LogRecord, NewRecord } from './eventlog.ts'

/** A log of its own for one test, which may be opened several times, as several processes do. */
export interface LogUnderTest extends AsyncDisposable {
  /** Opens it, with 4 partitions unless told otherwise. */
  open(partitions?: number): Promise<EventLog>
  /** Deletes records below an offset, as retention does. */
  trim(partition: number, below: number): Promise<void>
}

/** What every adapter of the log promises. */
export function describeEventLog(name: string, setUp: () => Promise<LogUnderTest>): void {
  describe(name, () => {
    test('answers every record in its order, and reads it back as it was written', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      const records = [...numbered(0, 5), ...numbered(2, 3), ...numbered(0, 5, 5)]
      const answers = await append(log, records)
      expect(answers.map((answer) => answer.partition)).toEqual(records.map((record) => record.partition))
      expect(offsetsOf(answers, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect(offsetsOf(answers, 2)).toEqual([0, 1, 2])
      expect(await texts(log, 0)).toEqual(range(10).map((at) => `0:${at}`))
      expect((await all(log, 2)).map((record) => Buffer.from(record.key).toString())).toEqual(['2', '2', '2'])
    })

    test('keeps bytes of every kind: empty, zero, large', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      const values = [new Uint8Array(0), Uint8Array.of(0), Buffer.alloc(1024 * 1024 - 200, 0xfe)]
      await append(
        log,
        values.map((value) => ({ partition: 1, key: Buffer.from('k'), value })),
      )
      const read = await all(log, 1)
      expect(read.map((record) => Buffer.compare(record.value, values[record.offset]!))).toEqual([0, 0, 0])
    })

    test('takes a batch of 2,000 records', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      const answers = await append(
        log,
        range(2_000).flatMap((at) => numbered(at % 4, 1, at)),
      )
      expect(offsetsOf(answers, 3)).toEqual(range(500))
      expect((await texts(log, 3)).at(-1)).toBe('3:1999')
    })

    test('keeps the order of each appender while several writes are under way', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      await using other = await fixture.open()
      const appends = range(40).flatMap((at) => [
        append(log, numbered(0, 3, at * 3)),
        append(other, numbered(1, 3, at * 3)),
        append(other, [{ partition: 0, key: Buffer.from('x'), value: Buffer.from(`other:${at}`) }]),
      ])
      const answers = (await Promise.all(appends)).flat()
      expect(new Set(answers.map((answer) => `${answer.partition}/${answer.offset}`)).size).toBe(answers.length)
      expect(await texts(log, 1)).toEqual(range(120).map((at) => `1:${at}`))
      const mixed = await texts(log, 0)
      expect(mixed.filter((value) => value.startsWith('0:'))).toEqual(range(120).map((at) => `0:${at}`))
      expect(mixed.filter((value) => value.startsWith('other'))).toEqual(range(40).map((at) => `other:${at}`))
    })

    test('keeps everything over a restart, and goes on counting', async () => {
      await using fixture = await setUp()
      const first = await fixture.open()
      await append(first, numbered(3, 4))
      await first[Symbol.asyncDispose]()
      await using log = await fixture.open()
      expect(await texts(log, 3)).toEqual(['3:0', '3:1', '3:2', '3:3'])
      expect(offsetsOf(await append(log, numbered(3, 1, 4)), 3)).toEqual([4])
    })

    test('tells the bounds of every partition, also after records were deleted', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      await append(log, [...numbered(0, 3), ...numbered(1, 6)])
      await fixture.trim(1, 4)
      expect(await log.watermarks()).toEqual([
        { partition: 0, low: 0, high: 3 },
        { partition: 1, low: 4, high: 6 },
        { partition: 2, low: 0, high: 0 },
        { partition: 3, low: 0, high: 0 },
      ])
      await fixture.trim(1, 6)
      expect((await log.watermarks())[1]).toEqual({ partition: 1, low: 6, high: 6 })
      expect(offsetsOf(await append(log, numbered(1, 1)), 1)).toEqual([6])
    })

    test('scans any range and no more', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      await append(log, numbered(2, 30))
      await fixture.trim(2, 5)
      expect(await texts(log, 2, { from: 10, to: 13 })).toEqual(['2:10', '2:11', '2:12'])
      expect(await texts(log, 2, { from: 0, to: 7 })).toEqual(['2:5', '2:6'])
      expect(await texts(log, 2, { from: 28, to: 99 })).toEqual(['2:28', '2:29'])
      expect(await texts(log, 2, { from: 30, to: 40 })).toEqual([])
      expect(await texts(log, 0, { from: 0, to: 40 })).toEqual([])
    })

    test('a reader delivers nothing before it is started, then from any offset on, also what comes later', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      await append(log, [...numbered(0, 20), ...numbered(1, 20)])
      const seen = new Collector()
      await using reader = await log.openReader(seen.handlers)
      await pause(400)
      expect(seen.batches).toEqual([])
      reader.start(1, 15)
      await seen.until(1, 5)
      await append(log, numbered(1, 3, 20))
      await seen.until(1, 8)
      expect(seen.texts(1)).toEqual(range(8).map((at) => `1:${at + 15}`))
      expect(seen.batches.every((batch) => batch.partition === 1)).toBe(true)
      const last = seen.batches.at(-1)!
      expect([last.next, last.high]).toEqual([23, 23])
    })

    test('a reader gets what another process appends', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      await using gateway = await fixture.open()
      const seen = new Collector()
      await using reader = await log.openReader(seen.handlers)
      for (const partition of range(4)) reader.start(partition, 0)
      for (const partition of range(4)) await append(gateway, numbered(partition, 10))
      for (const partition of range(4)) await seen.until(partition, 10)
      expect(seen.texts(3)).toEqual(range(10).map((at) => `3:${at}`))
    })

    test('a reader that is stopped delivers no further batch, and can be started elsewhere at once', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      await append(log, numbered(0, 50))
      const seen = new Collector()
      let stopped = false
      await using reader: LogReader = await log.openReader({
        ...seen.handlers,
        async onBatch(batch) {
          if (stopped) throw new Error('a batch after stop')
          await seen.handlers.onBatch(batch)
          if (seen.batches.length === 1) {
            reader.stop(0)
            stopped = true
          }
        },
      })
      reader.start(0, 0)
      await seen.until(0, 1)
      await append(log, numbered(0, 5, 50))
      await pause(600)
      expect(seen.batches).toHaveLength(1)
      stopped = false
      reader.start(0, 52)
      await seen.until(0, seen.batches[0]!.records.length + 3)
      expect(seen.texts(0).slice(-3)).toEqual(['0:52', '0:53', '0:54'])
      expect(seen.crashes).toEqual([])
    })

    test('started anew during a delivery, a partition goes on from the new offset, one batch at a time', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      await append(log, numbered(0, 10))
      const seen = new Collector()
      let running = 0
      let most = 0
      await using reader: LogReader = await log.openReader({
        ...seen.handlers,
        async onBatch(batch) {
          most = Math.max(most, ++running)
          await seen.handlers.onBatch(batch)
          if (seen.batches.length === 1) {
            reader.stop(0)
            reader.start(0, 7)
            await pause(500)
          }
          running--
        },
      })
      reader.start(0, 0)
      await seen.until(0, 13)
      expect(seen.texts(0).slice(10)).toEqual(['0:7', '0:8', '0:9'])
      expect(most).toBe(1)
    })

    test('a start below the log begins with the first record that is left', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      await append(log, numbered(0, 10))
      await fixture.trim(0, 6)
      const seen = new Collector()
      await using reader = await log.openReader(seen.handlers)
      reader.start(0, 2)
      await seen.until(0, 4)
      expect(seen.batches[0]!.records[0]!.offset).toBe(6)
    })

    test('is not opened with another number of partitions, and says what to do', async () => {
      await using fixture = await setUp()
      await using _ = await fixture.open(4)
      await expect(fixture.open(8)).rejects.toThrow(/has 4 partitions, but 8 are configured.*new topic/s)
    })

    test('once closed, answers unknown', async () => {
      await using fixture = await setUp()
      const log = await fixture.open()
      await log[Symbol.asyncDispose]()
      expect(await log.append(numbered(0, 2), { deadlineMs: 1_000 })).toMatchObject([
        { status: 'unknown' },
        { status: 'unknown' },
      ])
    })

    test('is up after a use that succeeded', async () => {
      await using fixture = await setUp()
      await using log = await fixture.open()
      await append(log, numbered(0, 1))
      expect(log.health()).toEqual({ up: true })
    })
  })
}

type Written = Extract<Appended, { status: 'written' }>

/** Appends, and fails unless everything was written. */
async function append(log: EventLog, records: readonly NewRecord[]): Promise<readonly Written[]> {
  const answers = await log.append(records, { deadlineMs: 10_000 })
  expect(answers).toHaveLength(records.length)
  return answers.map((answer) => {
    if (answer.status === 'unknown') throw new Error(answer.cause)
    return answer
  })
}

const offsetsOf = (answers: readonly Written[], partition: number): number[] =>
  answers.filter((answer) => answer.partition === partition).map((answer) => answer.offset)

async function all(log: EventLog, partition: number, part = { from: 0, to: 1e9 }): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for await (const chunk of log.scan({ partition, ...part })) records.push(...chunk)
  return records
}

const texts = async (log: EventLog, partition: number, part?: { from: number; to: number }): Promise<string[]> =>
  (await all(log, partition, part)).map((record) => Buffer.from(record.value).toString())
