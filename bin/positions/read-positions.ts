import type { Watermarks } from '../../eventlog/eventlog.ts'
import type { Database } from '../../sql/database.ts'

/** How far a partition is stored. Times as Postgres writes them. */
export interface Position {
  readonly partition: number
  /** Offset of the first record that is not stored. */
  readonly stored: number
  /** First offset of the log, and the one after its last; undefined: the log does not answer. */
  readonly low: number | undefined
  readonly high: number | undefined
  /** Records not stored yet; where the log does not answer, as a worker last saw it. Negative: the log ends before. */
  readonly lag: number
  readonly owner: string
  readonly storedAt: string
}

/** What an operator must know of a partition. */
export interface PastIncident {
  readonly partition: number
  readonly kind: string
  readonly from: number
  readonly to: number
  readonly at: string
  readonly detail: string
}

/** The positions of a topic beside the bounds of its log. */
export async function readPositions(
  db: Database,
  topic: string,
  bounds: readonly Watermarks[] | undefined,
): Promise<Position[]> {
  const rows = await db.query<{
    partition: number
    stored: string
    high_seen: string | null
    owner: string | null
    stored_at: string
  }>(
    `select partition, next_offset as stored, high_seen, owner,
            to_char(updated_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as stored_at
     from ingest_partition where topic = $1 order by partition`,
    [topic],
  )
  return rows.map((row) => {
    const stored = Number(row.stored)
    const bound = bounds?.find(({ partition }) => partition === row.partition)
    const end = bound?.high ?? Number(row.high_seen ?? stored)
    return {
      partition: row.partition,
      stored,
      low: bound?.low,
      high: bound?.high,
      lag: end - stored,
      owner: row.owner ?? '',
      storedAt: row.stored_at,
    }
  })
}

/** The latest incidents of a topic, newest first. */
export async function readIncidents(db: Database, topic: string, most: number): Promise<PastIncident[]> {
  const rows = await db.query<Record<'kind' | 'from' | 'to' | 'at' | 'detail', string> & { partition: number }>(
    `select partition, kind, from_offset as from, to_offset as to, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, detail
     from ingest_incident where topic = $1 order by incident_id desc limit $2`,
    [topic, most],
  )
  return rows.map((row) => ({ ...row, from: Number(row.from), to: Number(row.to) }))
}
