import type { EventLog, Watermarks } from '../../eventlog/eventlog.ts'
import type { Database } from '../../sql/database.ts'
import { toStoreError } from './run-statement.ts'

/**
 * How long an event can be on its way from its receive time to its place on the log: the gateway's deadline for an append.
 * An accepted event received before T is on the log before T + this. Less would promise completeness while an accepted
 * event is still being written; more would only make answers look older than they are.
 */
export const appendDeadlineMicros = 10_000_000

/** How far Postgres has taken the partition. */
interface Stored {
  readonly partition: number
  readonly nextOffset: number
  /** Greatest receive time committed, in microseconds since 1970; absent: nothing yet. */
  readonly receivedTo: number | undefined
}

/** Records of a partition that lie on the log and may not be stored: from <= offset < to. */
export interface UnreadRange {
  readonly partition: number
  readonly from: number
  readonly to: number
}

/** How complete the stored numbers are, and what is still on the log. */
export interface Progress {
  /**
   * Every event received before this moment (microseconds since 1970) is seen by a statement that starts after the call
   * has answered; undefined: not known. Cached for a second: what was complete stays complete.
   * @throws RequestError STORE_DOWN
   */
  completeTo(): Promise<number | undefined>
  /**
   * The unread records of every partition. An event accepted before the call is either in one of these ranges, or seen by
   * a statement that starts after the call has answered. Undefined: the log does not answer. @throws RequestError STORE_DOWN
   */
  unread(): Promise<readonly UnreadRange[] | undefined>
}

const cacheMs = 1_000
/** A log that is down may take many seconds to say so; numbers need not wait for it. */
const watermarksTimeoutMs = 1_000

/** Compares what lies on the log with what Postgres has taken from it. */
export function createProgress(deps: { db: Database; log: EventLog }): Progress {
  const { db, log } = deps
  let cached: { atMs: number; answer: Promise<number | undefined> } | undefined
  let best: number | undefined

  const readStored = async (): Promise<readonly Stored[]> => {
    const rows = await db
      .query<{ partition: number; next_offset: string; received_to_us: string | null }>(
        `select partition, next_offset::text, (extract(epoch from received_to) * 1000000)::bigint::text as received_to_us
         from ingest_partition where topic = $1`,
        [log.topic],
      )
      .catch((error: unknown) => {
        throw toStoreError(error)
      })
    return rows.map((row) => ({
      partition: row.partition,
      nextOffset: Number(row.next_offset),
      receivedTo: row.received_to_us === null ? undefined : Number(row.received_to_us),
    }))
  }

  const compute = async (): Promise<number | undefined> => {
    const readAt = Date.now() * 1e3
    const watermarks = await readWatermarks(log)
    const found = completeness({ readAt, watermarks, stored: await readStored(), partitions: log.partitions })
    if (found !== undefined && (best === undefined || found > best)) best = found
    return best
  }

  return {
    completeTo() {
      const nowMs = performance.now()
      if (cached && nowMs - cached.atMs < cacheMs) return cached.answer
      const answer = compute()
      cached = { atMs: nowMs, answer }
      answer.catch(() => {
        cached = undefined
      })
      return answer
    },
    async unread() {
      const stored = new Map((await readStored()).map((row) => [row.partition, row.nextOffset]))
      const watermarks = await readWatermarks(log)
      return watermarks
        ?.map(({ partition, low, high }) => ({
          partition,
          from: Math.max(low, stored.get(partition) ?? low),
          to: high,
        }))
        .filter((range) => range.from < range.to)
    },
  }
}

/** The bounds of every partition, or undefined when the log does not say in time. */
async function readWatermarks(log: EventLog): Promise<readonly Watermarks[] | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => resolve(undefined), watermarksTimeoutMs)
  const read = log.watermarks().catch(() => undefined)
  return Promise.race([read, late]).finally(() => clearTimeout(timer))
}

/**
 * The moment before which every event received is stored, in microseconds since 1970: the least over all partitions.
 *
 * A partition whose stored offset had reached the log's end, read at `readAt`, misses only what was appended later, and
 * that was received at most an append deadline before. One that lags, or whose log does not answer, has stored a record
 * received at `receivedTo`; all it lacks was appended after that record, so received at most a deadline before it.
 */
export function completeness(known: {
  readAt: number
  watermarks: readonly Watermarks[] | undefined
  stored: readonly Stored[]
  partitions: number
}): number | undefined {
  const stored = new Map(known.stored.map((row) => [row.partition, row]))
  const ends = new Map(known.watermarks?.map((end) => [end.partition, end]))
  let least = known.readAt
  for (let partition = 0; partition < known.partitions; partition++) {
    const row = stored.get(partition)
    const end = ends.get(partition)
    if (end && (row?.nextOffset ?? 0) >= end.high) continue
    if (row?.receivedTo === undefined) return undefined
    least = Math.min(least, row.receivedTo)
  }
  return least - appendDeadlineMicros
}
