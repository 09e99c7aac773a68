import { setTimeout as sleep } from 'node:timers/promises'
import { drive, type Generated, type Job } from './drive.ts'
import type { Spread } from './make-events.ts'
import { cpuSeconds } from './process-cost.ts'
import type { BenchSystem, Part } from './system.ts'

/** What the measures share. */
export interface Bench {
  readonly system: BenchSystem
  /** Events of one measure. */
  readonly events: number
  /** How many events of each spread were sent. */
  readonly sent: Record<Spread, number>
}

/** What differs from one job to another. */
type Wanted = Pick<Job, 'door' | 'spread' | 'events'> & Partial<Pick<Job, 'rate'>>

function send(bench: Bench, gateway: Part, wanted: Wanted): Promise<Generated> {
  const first = bench.sent[wanted.spread]
  bench.sent[wanted.spread] += wanted.events
  return drive({
    grpc: `127.0.0.1:${gateway.ready.grpc}`,
    http: `http://127.0.0.1:${gateway.ready.http}`,
    key: bench.system.keys.writeKey,
    batch: 100,
    underWay: 16,
    first,
    ...wanted,
  })
}

/** Events stored so far. */
export async function storedCount({ database }: BenchSystem): Promise<number> {
  const rows = await database.query<{ stored: string }>('select coalesce(sum(stored), 0) as stored from ingest_balance')
  return Number(rows[0]!.stored)
}

/** Waits until so many are stored. @throws Error after two minutes, or `withinMs`. */
export async function waitStored(system: BenchSystem, count: number, withinMs = 120_000): Promise<void> {
  const untilMs = Date.now() + withinMs
  for (let stored = 0; stored < count; stored = await storedCount(system)) {
    if (Date.now() > untilMs) throw new Error(`after ${withinMs / 1_000} s ${stored} of ${count} events are stored`)
    await sleep(20)
  }
}

/** Target 1: from the first send until everything is stored, in events a second. */
export async function endToEnd(bench: Bench, gateway: Part, spread: Spread): Promise<number> {
  const before = await storedCount(bench.system)
  const { accepted, sentFromMs } = await send(bench, gateway, {
    door: 'stream',
    spread,
    events: bench.events,
  })
  await waitStored(bench.system, before + accepted)
  return (accepted / (performance.timeOrigin + performance.now() - sentFromMs)) * 1000
}

/** Target 2: a worker started on a full log, from the first batch it stored to the last, in events a second. */
export async function workerAlone(bench: Bench, gateway: Part, spread: Spread): Promise<number> {
  const { system } = bench
  const before = await storedCount(system)
  const { accepted } = await send(bench, gateway, { door: 'stream', spread, events: bench.events })
  const worker = await system.startWorker()
  try {
    await waitStored(system, before + 1)
    const startedMs = performance.now()
    const first = await storedCount(system)
    await waitStored(system, before + accepted)
    return ((before + accepted - first) / (performance.now() - startedMs)) * 1000
  } finally {
    await worker.stop()
  }
}

/** Target 3: accepted events for each CPU second of the gateway. */
export async function gatewayAlone(bench: Bench, gateway: Part, door: Job['door']): Promise<number> {
  const before = cpuSeconds(gateway.pid)
  const { accepted } = await send(bench, gateway, { door, spread: 'apart', events: bench.events })
  return accepted / (cpuSeconds(gateway.pid) - before)
}

/** Target 4, in ms: from an event's making to the commit of its row, and from sending a batch to its acceptance. */
export interface Delays {
  readonly visibleP99Ms: number
  readonly acceptP99Ms: number
}

/** Measures delays over ten seconds at a steady rate. */
export async function delaysAt(bench: Bench, gateway: Part, rate: number): Promise<Delays> {
  const { system } = bench
  const before = await storedCount(system)
  const since = new Date()
  const events = Math.round(rate * 10)
  const { accepted, acceptP99Ms } = await send(bench, gateway, { door: 'stream', spread: 'apart', events, rate })
  await waitStored(system, before + accepted)
  const rows = await system.database.query<{ ms: number }>(
    `select percentile_disc(0.99) within group (
       order by extract(epoch from pg_xact_commit_timestamp(xmin) - event_timestamp) * 1000)::float8 as ms
     from stored_events where event_timestamp >= $1`,
    [since],
  )
  return { visibleP99Ms: rows[0]!.ms, acceptP99Ms }
}

/** Target 6: bytes on disk for each stored event, its indexes included. */
export async function bytesPerEvent({ database }: BenchSystem): Promise<number> {
  await database.query('vacuum stored_events, user_agents')
  const rows = await database.query<{ bytes: number }>(
    `select ((select sum(pg_total_relation_size(relid)) from pg_partition_tree('stored_events') where isleaf)
             + pg_total_relation_size('user_agents'))::float8 / (select count(*) from stored_events) as bytes`,
  )
  return rows[0]!.bytes
}
