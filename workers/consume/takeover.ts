import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog } from '../../eventlog/eventlog.ts'
import type { Database } from '../../sql/database.ts'
import { applyBatch } from '../write/apply-batch.ts'
import { sqlState } from '../write/faults.ts'
import type { WriteSession } from '../write/session.ts'
import type { Incidents } from './incidents.ts'
import { judgePosition } from './position.ts'

/** How often a log that ends before the stored offset is looked at again before the partition stops, and how long between, in ms. */
export interface Patience {
  readonly checks: number
  readonly checkEveryMs: number
}

/** A broker that has just come back may show an old end of the log for a few seconds. */
export const defaultPatience: Patience = { checks: 5, checkEveryMs: 1_000 }

/** What a takeover needs. */
export interface TakeoverDeps {
  readonly log: EventLog
  readonly db: Database
  readonly workerId: string
  readonly incidents: Incidents
  readonly patience: Patience
  openSession(): Promise<WriteSession>
}

/** A partition that is ours, and where to read on; or one that must stand still until an operator accepts a position. */
export type Takeover =
  | {
      readonly status: 'ready'
      readonly session: WriteSession
      readonly epoch: number
      /** Stored offset. */
      readonly next: number
      /** Where to start the reader: `next`, or one before while `anchor` is to be checked. */
      readonly startAt: number
      readonly anchor: Uint8Array | undefined
    }
  | { readonly status: 'stopped'; readonly epoch: number }

/**
 * Takes a partition over: raises the epoch, which fences everyone else, reads the stored offset, then the log's bounds, and
 * compares. Lost ranges are written down and passed over. @throws any fault of Postgres or the log; nothing is held then.
 */
export async function takeOver(deps: TakeoverDeps, partition: number): Promise<Takeover> {
  const session = await deps.openSession()
  try {
    return await takeOverOn(deps, session, partition)
  } catch (error) {
    session.drop()
    if (sqlState(error) === lockNotAvailable) await endFrozenOwner(deps, partition)
    throw error
  }
}

const lockNotAvailable = '55P03'

async function takeOverOn(deps: TakeoverDeps, session: WriteSession, partition: number): Promise<Takeover> {
  const { log, incidents, patience } = deps
  const taken = await raiseEpoch(deps, session, partition)
  const { epoch } = taken
  let { next, anchor } = taken
  for (let check = 1; ; check++) {
    const { low, high } = await boundsOf(log, partition)
    const judged = judgePosition({ next, anchor }, { low, high })
    if (judged.do === 'start') {
      return { status: 'ready', session, epoch, next, startAt: judged.at, anchor: judged.anchor }
    }
    if (judged.do === 'lost') {
      const { from, to } = judged
      const detail = `The log deleted ${to - from} records before they were read. Raise its retention, or run more workers.`
      await incidents.record({ partition, kind: 'lost_range', from, to, detail })
      await passOver(session, { topic: log.topic, partition, epoch, first: from, next: to, high })
      next = to
      anchor = undefined
    } else if (check < patience.checks) {
      await sleep(patience.checkEveryMs)
    } else {
      const detail = `The log ends at ${high}, before the stored offset ${next}: it was truncated, restored or made anew. The partition stands still until a position is accepted.`
      await incidents.record({ partition, kind: 'beyond_end', from: high, to: next, detail })
      await session.close()
      return { status: 'stopped', epoch }
    }
  }
}

async function raiseEpoch(deps: TakeoverDeps, session: WriteSession, partition: number) {
  const { rows } = await session.client.query<{ epoch: string; next_offset: string; anchor: Buffer | null }>(
    'select epoch, next_offset, anchor from take_over($1, $2, $3)',
    [deps.log.topic, partition, deps.workerId],
  )
  const row = rows[0]
  if (!row) throw new Error('take_over answered nothing')
  return { epoch: Number(row.epoch), next: Number(row.next_offset), anchor: row.anchor ?? undefined }
}

async function boundsOf(log: EventLog, partition: number) {
  const found = (await log.watermarks()).find((bounds) => bounds.partition === partition)
  if (!found) throw new Error(`the log has no partition ${partition}`)
  return found
}

/** Moves the stored offset over records that are gone for ever. */
async function passOver(
  session: WriteSession,
  range: { topic: string; partition: number; epoch: number; first: number; next: number; high: number },
): Promise<void> {
  const { outcome } = await applyBatch(
    session,
    { ...range, anchor: null },
    {
      rows: { rows: new Uint8Array(), rowStarts: new Uint32Array(1), rowOffsets: new Float64Array() },
      taken: [],
      deadLetters: [],
      states: [],
      agents: [],
      latestReceivedUs: 0,
      high: range.high,
      payloadOf: () => new Uint8Array(),
    },
  )
  if (outcome === 'fenced') throw new Error('another worker took the partition over meanwhile')
}

/**
 * The last resort against a process frozen while its backend holds the partition's row: no time-out of Postgres ends that.
 * The start time makes sure that it is the backend recorded and not a later one with its number.
 */
async function endFrozenOwner(deps: TakeoverDeps, partition: number): Promise<void> {
  await deps.db.query(
    `select pg_terminate_backend(a.pid)
     from ingest_partition p join pg_stat_activity a on a.pid = p.backend_pid and a.backend_start = p.backend_start
     where p.topic = $1 and p.partition = $2`,
    [deps.log.topic, partition],
  )
}
