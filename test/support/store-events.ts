import { randomUUID } from 'node:crypto'
import type { Database } from '../../sql/database.ts'
import { type StageColumn, stageColumns } from '../../sql/stage.ts'

/** A row of stage_events; times as ISO 8601 text. What is absent is null, or the default of `plainEvent`. */
export type EventRow = Partial<Record<StageColumn, unknown>>

/** A dead letter as `apply_batch` takes it; `payload` in base64. */
export interface DeadRow {
  readonly company_id: number
  readonly site_id: number
  readonly event_id: string | null
  readonly reason: string
  readonly field: string
  readonly message: string
  readonly log_offset: number
  readonly received_at_us: number
  readonly payload: string
  /** The payload is a whole record of the log. Absent: no. */
  readonly is_record?: boolean
}

/** What to store as one batch of a partition, and where on the log it lies. */
export interface StoredBatch {
  readonly events: readonly EventRow[]
  readonly dead?: readonly DeadRow[]
  /** Absent: a topic of the tests' own, partition 0, as many records as there are rows. */
  readonly topic?: string
  readonly partition?: number
  readonly records?: number
}

const plainEvent = (): EventRow => ({
  company_id: 1,
  site_id: 1,
  event_id: randomUUID(),
  event_timestamp: '2026-11-10T10:00:00Z',
  received_at: '2026-11-10T10:00:01Z',
  sequence: 0,
  is_bot: false,
  text_repaired: false,
  event_type: 'page_view',
})

/**
 * Stores events with the real functions: stage, take_over, apply_batch. Rollups, sessions and the balance follow as they
 * do behind a worker. Offsets continue from the partition's stored one.
 */
export async function storeEvents(db: Database, batch: StoredBatch): Promise<{ stored: number; duplicate: number }> {
  const { topic = 'test', partition = 0, dead = [] } = batch
  return db.withClient(async (client) => {
    await client.query('select stage_prepare()')
    const taken = await client.query<{ epoch: string; next_offset: string }>(
      'select epoch, next_offset from take_over($1, $2, $3)',
      [topic, partition, 'test'],
    )
    const { epoch, next_offset } = taken.rows[0]!
    const first = Number(next_offset)
    const rows = batch.events.map((event, index) => ({ ...plainEvent(), log_offset: first + index, ...event }))
    await client.query(stageSql, [JSON.stringify(rows)])
    const applied = await client.query<{ outcome: string; stored: number; duplicate: number }>(
      'select outcome, stored, duplicate from apply_batch($1, $2, $3, $4, $5, $6, $7)',
      [
        topic,
        partition,
        epoch,
        first,
        first + (batch.records ?? Math.max(1, rows.length + dead.length)),
        Buffer.alloc(16),
        JSON.stringify({ taken: countTaken(rows, dead), dead, states: [], received_to_us: latest(rows), high: first }),
      ],
    )
    const { outcome, stored, duplicate } = applied.rows[0]!
    if (outcome !== 'applied') throw new Error(`the batch was ${outcome}`)
    return { stored, duplicate }
  })
}

const names = stageColumns.map(([name]) => name).join(', ')
const typed = stageColumns.map(([name, type]) => `${name} ${type}`).join(', ')
const stageSql = `insert into stage_events (${names}) select ${names} from jsonb_to_recordset($1::jsonb) as row (${typed})`

const minuteOf = (ms: number): number => Math.floor(ms / 60_000) * 60_000

function countTaken(events: readonly EventRow[], dead: readonly DeadRow[]): [number, number, number][] {
  return [
    ...events.map((row): [number, number, number] => [
      Number(row.company_id),
      minuteOf(Date.parse(String(row.received_at))),
      1,
    ]),
    ...dead.map((row): [number, number, number] => [row.company_id, minuteOf(row.received_at_us / 1e3), 1]),
  ]
}

const latest = (rows: readonly EventRow[]): number | null =>
  rows.length === 0 ? null : Math.max(...rows.map((row) => Date.parse(String(row.received_at)))) * 1e3
