import { expect, test } from 'vitest'
import type { EventLog } from '../../eventlog/eventlog.ts'
import { createRegistry } from '../../runtime/metrics.ts'
import { createWorkerFigures } from '../figures.ts'
import type { PipelineBatch } from '../pipeline.ts'
import type { WriteSession } from '../write/session.ts'
import { type ConsumeDeps, consumeBatch, mostRecords, type Run } from './consume-batch.ts'
import type { Incident } from './incidents.ts'
import { createTurns } from './turns.ts'

/** A run at offset 10 over a log that begins at `low`; remembers what was processed and recorded. */
function setUp(low: number) {
  const processed: PipelineBatch[] = []
  const incidents: Incident[] = []
  const deps: ConsumeDeps = {
    log: { topic: 't', watermarks: async () => [{ partition: 0, low, high: 99 }] } as unknown as EventLog,
    figures: createWorkerFigures(createRegistry()),
    turns: createTurns(1),
    incidents: { record: async (incident) => void incidents.push(incident) },
    process: async (_, batch) => {
      processed.push(batch)
      const received = { oldestUs: 0, newestUs: 0 }
      return { outcome: 'applied', stored: batch.records.length, duplicate: 0, deadLetter: 0, reasons: [], received }
    },
  }
  const run: Run = {
    session: {} as WriteSession,
    epoch: 1,
    next: 10,
    anchor: undefined,
    gaps: 0,
    ended: false,
    busy: Promise.resolve(),
  }
  const deliver = (from: number, to: number, pace = { limit: mostRecords }) => {
    const record = (offset: number) => ({ offset, key: new Uint8Array(), value: new Uint8Array() })
    const records = Array.from({ length: to - from }, (_, index) => record(from + index))
    return consumeBatch(deps, { run, pace }, { partition: 0, records, next: to, high: 99 })
  }
  return { run, processed, incidents, deliver }
}

test('missing records are asked for three times before they count as a hole; the batch then starts at the stored offset', async () => {
  const { run, processed, incidents, deliver } = setUp(0)
  for (let time = 0; time < 3; time++) expect(await deliver(14, 20)).toEqual({ do: 'seek' })
  expect([processed, incidents]).toEqual([[], []])
  expect(await deliver(14, 20)).toEqual({ do: 'go_on' })
  expect(incidents).toMatchObject([{ kind: 'hole', from: 10, to: 14 }])
  expect(processed).toMatchObject([{ first: 10, next: 20 }])
  expect(run.next).toBe(20)
})

test('records that retention deleted under a running reader are lost, not a hole', async () => {
  const { incidents, deliver } = setUp(14)
  for (let time = 0; time < 4; time++) await deliver(14, 20)
  expect(incidents).toMatchObject([{ kind: 'lost_range', from: 10, to: 14 }])
})

test('a batch is stored in pieces of the pace, and an ended run stores no more', async () => {
  const { run, processed, deliver } = setUp(0)
  await deliver(10, 30, { limit: 4 })
  // Easy pieces grow: 4, 8, 8.
  expect(processed.map(({ first, next }) => [first, next])).toEqual([
    [10, 14],
    [14, 22],
    [22, 30],
  ])
  run.ended = true
  await deliver(30, 40)
  expect(run.next).toBe(30)
})
