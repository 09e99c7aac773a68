import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { idsOf, type KnownEvent, mixedEvents } from '../../test/support/log-events.ts'
import { expectExactlyOnce } from '../../test/support/oracle.ts'
import {
  appendEvents,
  startTestWorker,
  storedToTheEnd,
  testThreads,
  type WorkerGround,
  workerGround,
} from '../../test/support/worker.ts'
import { acceptPosition } from './accept-position.ts'

const threads = testThreads()
afterAll(() => threads[Symbol.asyncDispose]())

/** Events of one session, so all in one partition. */
const oneSession = (count: number): KnownEvent[] =>
  mixedEvents(count, Number.POSITIVE_INFINITY).map((event) => ({ ...event, sessionId: 'one', visitorId: 'v' }))

/** A ground whose log has been read to its end once, and the partition that holds everything. */
async function readOnce(on: WorkerGround, events: readonly KnownEvent[]): Promise<number> {
  await using _worker = await startTestWorker(on)
  await appendEvents(on.log, events)
  await storedToTheEnd(on.db, on.log)
  return (await on.log.watermarks()).find(({ high }) => high > 0)!.partition
}

/** Waits for an incident of this kind. */
async function incident(on: WorkerGround, kind: string) {
  for (let tries = 0; tries < 100; tries++) {
    const [found] = await on.db.query<{ partition: number; from_offset: string; to_offset: string }>(
      'select partition, from_offset, to_offset from ingest_incident where kind = $1',
      [kind],
    )
    if (found) return { partition: found.partition, from: Number(found.from_offset), to: Number(found.to_offset) }
    await sleep(50)
  }
  throw new Error(`no incident ${kind}`)
}

const storedOffset = async (on: WorkerGround, partition: number) => {
  const rows = await on.db.query<{ next_offset: string }>(
    'select next_offset from ingest_partition where partition = $1',
    [partition],
  )
  return Number(rows[0]?.next_offset)
}

test('a log that ends before the stored offset stops the partition until an operator accepts a position', async () => {
  await using on = await workerGround(threads)
  const first = oneSession(20)
  const partition = await readOnce(on, first)
  await on.db.query('update ingest_partition set next_offset = 1000 where partition = $1', [partition])
  await using _worker = await startTestWorker(on)
  expect(await incident(on, 'beyond_end')).toEqual({ partition, from: 20, to: 1_000 })
  const second = oneSession(10)
  await appendEvents(on.log, second)
  await sleep(300)
  expect(await storedOffset(on, partition)).toBe(1_000)

  expect(await acceptPosition(on.db, { topic: 'events', partition, offset: 20 })).toBe(1_000)
  await expectExactlyOnce({ ...on, ids: idsOf([...first, ...second]) })
  expect(await incident(on, 'position_accepted')).toEqual({ partition, from: 1_000, to: 20 })
})

test('another record in the place of the last stored one stops the partition', async () => {
  await using on = await workerGround(threads)
  const partition = await readOnce(on, oneSession(20))
  await on.db.query(`update ingest_partition set anchor = '\\x00112233445566778899aabbccddeeff' where partition = $1`, [
    partition,
  ])
  await using _worker = await startTestWorker(on)
  await appendEvents(on.log, oneSession(10))
  expect(await incident(on, 'wrong_anchor')).toMatchObject({ partition })
  await sleep(300)
  expect(await storedOffset(on, partition)).toBe(20)
})

test('records that retention deleted unread are written down as lost, and reading goes on', async () => {
  await using on = await workerGround(threads)
  const first = oneSession(20)
  const partition = await readOnce(on, first)
  const unread = oneSession(30)
  await appendEvents(on.log, unread)
  await on.log.trim(partition, 35)
  await using _worker = await startTestWorker(on)
  await storedToTheEnd(on.db, on.log)
  expect(await incident(on, 'lost_range')).toEqual({ partition, from: 20, to: 35 })
  const stored = await on.db.query<{ event_id: string }>('select event_id from user_events')
  expect(stored.map((row) => row.event_id).sort()).toEqual(idsOf([...first, ...unread.slice(15)]).sort())
})

test('a partition that runs and has nothing to read goes back to an accepted position, and counts nothing twice', async () => {
  await using on = await workerGround(threads)
  await using _worker = await startTestWorker(on)
  const events = oneSession(20)
  await appendEvents(on.log, events)
  await storedToTheEnd(on.db, on.log)
  const { partition } = (await on.log.watermarks()).find(({ high }) => high > 0)!
  await acceptPosition(on.db, { topic: 'events', partition, offset: 5 })
  await storedToTheEnd(on.db, on.log)
  const [balance] = await on.db.query(
    'select sum(stored)::int as stored, sum(duplicate)::int as duplicate from ingest_balance',
  )
  expect(balance).toEqual({ stored: 20, duplicate: 15 })
})

test('a position that makes no sense is not accepted', async () => {
  await using on = await workerGround(threads)
  await expect(acceptPosition(on.db, { topic: 'events', partition: 0, offset: -1 })).rejects.toThrow('cannot be -1')
  await expect(acceptPosition(on.db, { topic: 'events', partition: 0, offset: 1 })).rejects.toThrow('never read')
})

test('a frozen owner whose backend holds the partition is ended, because no time-out of Postgres does', async () => {
  await using on = await workerGround(threads)
  const first = oneSession(20)
  const partition = await readOnce(on, first)
  await on.db
    .withClient(async (frozen) => {
      frozen.on('error', () => undefined)
      await frozen.query('set lock_timeout = 0; set idle_in_transaction_session_timeout = 0')
      await frozen.query('select take_over($1, $2, $3)', ['events', partition, 'frozen'])
      await frozen.query('begin; update ingest_partition set owner = owner')
      const second = oneSession(10)
      await appendEvents(on.log, second)
      await using _worker = await startTestWorker(on)
      await expectExactlyOnce({ ...on, ids: idsOf([...first, ...second]) })
      await expect(frozen.query('commit')).rejects.toThrow()
      throw new Error('this connection is gone')
    })
    .catch((error) => expect(String(error)).toContain('gone'))
})
