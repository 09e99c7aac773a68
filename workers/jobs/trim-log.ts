import type { EventLog } from '../../eventlog/eventlog.ts'
import { decodeRecord } from '../../eventlog/record.ts'
import type { Job } from './jobs.ts'

/** A log whose records can be deleted; Kafka deletes its own. */
export interface TrimmableLog extends EventLog {
  trim(partition: number, below: number): Promise<void>
}

/** How long records stay after they were received: as long as on Kafka, so that a stored database of last week can catch up. */
const keptMs = 7 * 24 * 3_600_000

/**
 * Deletes old records of the embedded log. Never one that is not stored, however old: a machine that was off for a month must
 * not lose its last events; and never the last stored one, whose hash is the anchor.
 */
export function trimLog(log: TrimmableLog, keepMs = keptMs): Job {
  return {
    name: 'trim-log',
    everyMs: 3_600_000,
    async run(db) {
      const rows = await db.query<{ partition: number; next_offset: string }>(
        'select partition, next_offset from ingest_partition where topic = $1',
        [log.topic],
      )
      const stored = new Map(rows.map((row) => [row.partition, Number(row.next_offset)]))
      let trimmed = 0
      for (const { partition, low, high } of await log.watermarks()) {
        const to = Math.min(high, (stored.get(partition) ?? 0) - 1)
        const below = await firstYounger(log, { partition, low, to }, Date.now() - keepMs)
        if (below <= low) continue
        await log.trim(partition, below)
        trimmed += below - low
      }
      return { trimmed }
    },
  }
}

/** First offset in [low, to) received at or after a time, or `to`, by halving: receive times ascend but for a few seconds. */
async function firstYounger(
  log: EventLog,
  range: { partition: number; low: number; to: number },
  timeMs: number,
): Promise<number> {
  let { low, to } = range
  while (low < to) {
    const middle = Math.floor((low + to) / 2)
    if ((await receivedMs(log, range.partition, middle)) < timeMs) low = middle + 1
    else to = middle
  }
  return Math.max(low, range.low)
}

/** When a record was received, ms since 1970. An unreadable one counts as new: it ends the search early and harms nothing. */
async function receivedMs(log: EventLog, partition: number, offset: number): Promise<number> {
  for await (const [record] of log.scan({ partition, from: offset, to: offset + 1 })) {
    const decoded = record && decodeRecord(record.value)
    if (decoded?.ok) return Number(decoded.envelope.receivedAtUs) / 1_000
  }
  return Number.POSITIVE_INFINITY
}
