import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Accumulator, type AccumulatorOptions, type PartitionWrite } from './accumulator.ts'
import type { Appended, NewRecord } from './eventlog.ts'

/** A log in memory whose writes end when the test says so. */
class SlowLog {
  readonly writes: { writes: readonly PartitionWrite[]; end: (answers?: readonly (readonly Appended[])[]) => void }[] =
    []
  readonly partitions: string[][] = [[], [], []]

  readonly write: AccumulatorOptions['write'] = (writes) =>
    new Promise((resolve) => {
      const answers = writes.map(({ partition, records }) =>
        records.map((record): Appended => {
          const offset = this.partitions[partition]!.push(Buffer.from(record.value).toString()) - 1
          return { status: 'written', partition, offset }
        }),
      )
      this.writes.push({ writes, end: (others) => resolve(others ?? answers) })
    })
}

const accumulate = (log: { write: AccumulatorOptions['write'] }, options: Partial<AccumulatorOptions> = {}) =>
  new Accumulator({
    partitions: 3,
    write: log.write,
    writesInFlight: 2,
    maxWriteBytes: 1_000,
    maxWriteRecords: 100,
    maxHeldBytes: 10_000,
    ...options,
  })

const record = (partition: number, value: string): NewRecord => ({
  partition,
  key: Buffer.from('k'),
  value: Buffer.from(value),
})
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
const valuesOf = (write: { writes: readonly PartitionWrite[] }): string[][] =>
  write.writes.map(({ records }) => records.map((each) => Buffer.from(each.value).toString()))

test('appends of one turn leave in one write', async () => {
  const log = new SlowLog()
  const accumulator = accumulate(log)
  const first = accumulator.append([record(0, 'a'), record(1, 'b')], 1_000)
  const second = accumulator.append([record(0, 'c')], 1_000)
  await turn()
  expect(log.writes.map(valuesOf)).toEqual([[['a', 'c'], ['b']]])
  log.writes[0]!.end()
  expect(await first).toMatchObject([{ offset: 0 }, { partition: 1, offset: 0 }])
  expect(await second).toMatchObject([{ partition: 0, offset: 1 }])
})

test('a partition is in one write at a time, and does not hold up the others', async () => {
  const log = new SlowLog()
  const accumulator = accumulate(log)
  const stuck = accumulator.append([record(0, 'a')], 1_000)
  await turn()
  const behind = accumulator.append([record(0, 'b')], 1_000)
  const beside = accumulator.append([record(1, 'c')], 1_000)
  await turn()
  expect(log.writes.map(valuesOf)).toEqual([[['a']], [['c']]])
  log.writes[1]!.end()
  expect(await beside).toMatchObject([{ status: 'written' }])
  log.writes[0]!.end()
  await turn()
  log.writes[2]!.end()
  expect(await Promise.all([stuck, behind])).toMatchObject([[{ offset: 0 }], [{ offset: 1 }]])
})

test('at its deadline an append is unknown, and what had not been sent is never sent', async () => {
  const log = new SlowLog()
  const accumulator = accumulate(log)
  const sent = accumulator.append([record(0, 'sent')], 20)
  await turn()
  const waiting = accumulator.append([record(0, 'waiting')], 20)
  expect(await Promise.all([sent, waiting])).toMatchObject([[{ status: 'unknown' }], [{ status: 'unknown' }]])
  log.writes[0]!.end()
  const later = accumulator.append([record(0, 'later')], 1_000)
  await turn()
  log.writes[1]!.end()
  expect(await later).toMatchObject([{ status: 'written' }])
  expect(log.partitions[0]).toEqual(['sent', 'later'])
})

test('what is past its deadline behind something younger is not sent either', async () => {
  const log = new SlowLog()
  const accumulator = accumulate(log)
  const stuck = accumulator.append([record(0, 'stuck')], 1_000)
  await turn()
  const patient = accumulator.append([record(0, 'patient')], 1_000)
  const hasty = accumulator.append([record(0, 'hasty')], 20)
  expect(await hasty).toMatchObject([{ status: 'unknown' }])
  log.writes[0]!.end()
  await turn()
  log.writes[1]!.end()
  expect(await Promise.all([stuck, patient])).toMatchObject([[{ offset: 0 }], [{ offset: 1 }]])
  expect(log.partitions[0]).toEqual(['stuck', 'patient'])
})

test('a write of many partitions is bounded too, and every partition has its turn', async () => {
  const log = new SlowLog()
  const accumulator = accumulate(log, { maxRequestBytes: 150, writesInFlight: 1 })
  const appended = accumulator.append([record(0, 'a'), record(1, 'b'), record(2, 'c')], 1_000)
  for (const at of [0, 1]) {
    await turn()
    log.writes[at]!.end()
  }
  expect(await appended).toMatchObject([{ status: 'written' }, { status: 'written' }, { status: 'written' }])
  expect(log.writes.map(({ writes }) => writes.length)).toEqual([2, 1])
})

test('what exceeds the memory is unknown at once; it is free again after a deadline', async () => {
  const log = new SlowLog()
  const accumulator = accumulate(log, { maxHeldBytes: 350 })
  const [, , third] = await Promise.all([
    accumulator.append([record(0, 'a')], 20),
    accumulator.append([record(1, 'b'), record(1, 'c')], 20),
    accumulator.append([record(2, 'd')], 1_000),
  ])
  expect(third).toEqual([{ status: 'unknown', cause: 'too much is waiting for the log already' }])
  for (const write of log.writes) write.end()
  await turn()
  const later = accumulator.append([record(2, 'e')], 1_000)
  await turn()
  log.writes.at(-1)!.end()
  expect(await later).toMatchObject([{ status: 'written' }])
})

test('a record without an answer, and all of a write that failed, are unknown', async () => {
  const log = new SlowLog()
  const accumulator = accumulate(log)
  const appended = accumulator.append([record(0, 'a'), record(0, 'b')], 1_000)
  await turn()
  log.writes[0]!.end([[{ status: 'written', partition: 0, offset: 0 }]])
  expect(await appended).toMatchObject([{ status: 'written' }, { status: 'unknown' }])

  const failing = accumulate({ write: () => Promise.reject(new Error('disk full')) })
  expect(await failing.append([record(0, 'a')], 1_000)).toEqual([{ status: 'unknown', cause: 'disk full' }])
})

test('closing waits for what was taken, and takes no more', async () => {
  const log = new SlowLog()
  const accumulator = accumulate(log)
  const taken = accumulator.append([record(0, 'a')], 1_000)
  const closed = accumulator.close()
  expect(await accumulator.append([record(0, 'b')], 1_000)).toMatchObject([{ status: 'unknown' }])
  await turn()
  log.writes[0]!.end()
  await closed
  expect(await taken).toMatchObject([{ status: 'written' }])
})

test('whatever comes, every record has its own answer, in order, and no write is too large', async () => {
  const call = fc.array(fc.record({ partition: fc.nat(2), value: fc.string({ maxLength: 300 }) }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 8 }), async (calls) => {
      const log = new SlowLog()
      const accumulator = accumulate(log, { maxHeldBytes: 1e6 })
      const appends = calls.map((records) =>
        accumulator.append(
          records.map(({ partition, value }) => record(partition, value)),
          5_000,
        ),
      )
      for (let ended = 0, idle = 0; idle < 3; idle = ended < log.writes.length ? 0 : idle + 1) {
        for (; ended < log.writes.length; ended++) log.writes[ended]!.end()
        await turn()
      }
      const answers = await Promise.all(appends)
      const expected: string[][] = [[], [], []]
      for (const [at, records] of calls.entries()) {
        for (const [index, { partition, value }] of records.entries()) {
          const offset = expected[partition]!.push(Buffer.from(value).toString()) - 1
          expect(answers[at]![index]).toEqual({ status: 'written', partition, offset })
        }
      }
      expect(log.partitions).toEqual(expected)
      for (const { writes } of log.writes) {
        for (const { records } of writes) {
          const bytes = records.reduce((sum, each) => sum + each.value.length, 0)
          expect(records.length === 1 || bytes <= 1_000).toBe(true)
        }
      }
    }),
    { numRuns: 50 },
  )
})
