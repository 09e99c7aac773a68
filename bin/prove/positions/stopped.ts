import { setTimeout as sleep } from 'node:timers/promises'
import { acceptPosition } from '../../../workers/consume/accept-position.ts'
import { type Ground, until } from '../ground.ts'

/** Kinds of incidents with which a partition stands still. */
const stops = ['beyond_end', 'wrong_anchor', 'anchor_missing']
/** Takeovers look several seconds long before they believe that a log is not what it was. */
const saidWithinMs = 30_000
const standsStillMs = 1_500

/** Stored offsets by partition. */
export type Positions = ReadonlyMap<number, number>

/** The stored offsets of these partitions, or of all. */
export async function positions({ system }: Ground, of?: readonly number[]): Promise<Positions> {
  const rows = await system.database.query<{ partition: number; next_offset: string }>(
    'select partition, next_offset from ingest_partition where $1::int[] is null or partition = any ($1)',
    [of ?? null],
  )
  return new Map(rows.map(({ partition, next_offset }) => [partition, Number(next_offset)]))
}

/**
 * Insists that each of these partitions says that it has stopped, and then does not move. The kinds of incidents found are
 * expected by the oracle from now on.
 */
export async function expectStopped(ground: Ground, sinceIncident: number, at: Positions): Promise<void> {
  const { database } = ground.system
  const partitions = [...at.keys()]
  const told = () =>
    database.query<{ partition: number; kind: string }>(
      'select distinct partition, kind from ingest_incident where incident_id > $1 and kind = any ($2) and partition = any ($3)',
      [sinceIncident, stops, partitions],
    )
  await until(`an incident for each of the partitions ${partitions.join(', ')}`, saidWithinMs, async () => {
    return new Set((await told()).map(({ partition }) => partition)).size === partitions.length
  })
  await sleep(standsStillMs)
  for (const [partition, offset] of await positions(ground, partitions)) {
    if (offset === at.get(partition)) continue
    throw new Error(`partition ${partition} said that it had stopped at ${at.get(partition)}, but stands at ${offset}`)
  }
  for (const { kind } of await told()) ground.account.incidents.add(kind)
}

/** The last incident so far. */
export async function lastIncident({ system }: Ground): Promise<number> {
  const [row] = await system.database.query<{ last: string | null }>(
    'select max(incident_id) as last from ingest_incident',
  )
  return Number(row?.last ?? 0)
}

/** Does what an operator does: accepts these positions. */
export async function accept({ system, account }: Ground, offsets: Positions): Promise<void> {
  const { topic } = system.log.log
  for (const [partition, offset] of offsets) await acceptPosition(system.database, { topic, partition, offset })
  account.incidents.add('position_accepted')
}

/** Nothing is sent any more, and everything accepted is stored. */
export async function settle({ load, watch }: Ground): Promise<void> {
  await load.pause()
  await watch.caughtUp(Date.now(), 60_000)
}

/** Replaces the log. A broker's topic may go under running workers; a file goes while nobody has it open. */
export async function replaceLog(ground: Ground, fill: () => Promise<void> = async () => undefined): Promise<void> {
  const { log } = ground.system
  const replace = async (): Promise<void> => {
    await log.makeAnew()
    await fill()
  }
  if (log.kind === 'kafka') await replace()
  else await withoutWorkers(ground, replace)
}

/** Stops the workers and starts as many again; what happens in between, happens unseen. */
export async function withoutWorkers({ system }: Ground, work: () => Promise<void>): Promise<void> {
  const count = system.workers.length
  await system.stopWorkers()
  try {
    await work()
  } finally {
    await Promise.all(Array.from({ length: count }, () => system.startWorker()))
  }
}
