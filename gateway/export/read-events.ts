import pg, { type CustomTypesConfig } from 'pg'
import type { Database } from '../../sql/database.ts'
import { type Filter, fillPlaces } from '../../sql/filters.ts'
import { loadStatement } from '../../sql/statement.ts'
import { bindParameters } from '../analytics/bind-parameters.ts'
import type { Common } from '../analytics/question/read-question.ts'
import { readForCompany } from '../analytics/read-for-company.ts'
import { fromSqlTime, toSqlTime } from '../analytics/time.ts'
import { columns, type EventCells } from './columns.ts'
import type { Encoder } from './encoder.ts'

/** The place of an event in the order of an export: microseconds since 1970, and its id. */
export interface Place {
  readonly micros: number
  readonly id: string
}

/** Which events, of whom. */
export interface Selection {
  readonly companyId: number
  readonly question: { readonly common: Common; readonly filters: readonly Filter[] }
  /** ISO 8601: only what the gateway received before. */
  readonly receivedBefore: string
  /** Only events behind this place; absent: all. */
  readonly after: Place | undefined
  /** At most so many; may be infinite. */
  readonly limit: number
}

const metric = 'export_events'
/** A thousand events of 64 KiB, which the statement cuts to 2 MiB, are the most that one round of Postgres looks at. */
const pageRows = 1_000
const pageTimeoutMs = 15_000
/** Where only some events are asked for, one page looks through a day at most, so that none runs into its time-out. */
const stretchMicros = 86_400e6
const asText: CustomTypesConfig = { getTypeParser: () => (value: string | Buffer) => String(value) }
const greatestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const timeAt = columns.findIndex(({ name }) => name === 'event_timestamp')
const idAt = columns.findIndex(({ name }) => name === 'event_id')

/** A page of events, written. */
export interface Page {
  readonly bytes: Uint8Array
  readonly rows: number
  /** Of its last event. */
  readonly last: Place
}

/**
 * The events page by page, in the order of time and id. Between two pages nothing is held in Postgres, so that a slow reader
 * costs nothing there. @throws the driver's error
 */
export async function* readEvents(db: Database, selection: Selection, encoder: Encoder): AsyncGenerator<Page> {
  const { common, filters } = selection.question
  const end = microsOfIso(common.to_time)
  const sparse = filters.length > 0 || common.site_ids.length > 0
  let after = selection.after ?? { micros: microsOfIso(common.from_time) - 1, id: greatestId }
  let left = selection.limit
  while (left > 0) {
    const stretchEnd = sparse ? Math.min(end, after.micros + stretchMicros) : end
    const page = { after, to: toSqlTime(stretchEnd), rows: Math.min(left, pageRows) }
    const { rows, last } = await readPage(db, { selection, page, onRow: (cells) => encoder.row(cells) })
    if (last) {
      after = last
      left -= rows
      yield { bytes: encoder.take(), rows, last }
    } else if (stretchEnd < end) after = { micros: stretchEnd - 1, id: greatestId }
    else return
  }
}

/** Where an event stands in the order. */
const placeOf = (cells: EventCells): Place => ({ micros: microsOf(cells[timeAt]!), id: cells[idAt]! })

async function readPage(
  db: Database,
  reading: {
    readonly selection: Selection
    readonly page: { readonly after: Place; readonly to: string; readonly rows: number }
    readonly onRow: (cells: EventCells) => void
  },
): Promise<{ rows: number; last: Place | undefined }> {
  const { companyId, question, receivedBefore } = reading.selection
  const { after, to, rows: row_limit } = reading.page
  const statement = loadStatement(metric)
  const named = bindParameters(statement, {
    ...question.common,
    company_id: companyId,
    to_time: to,
    received_before: receivedBefore,
    after_time: toSqlTime(after.micros),
    after_id: after.id,
    row_limit,
  })
  const { sql, values } = fillPlaces(statement.sql, { filters: question.filters }, named.length + 1)
  let rows = 0
  let last: EventCells | undefined
  const take = (cells: EventCells): void => {
    reading.onRow(cells)
    rows += 1
    last = cells
  }
  await readForCompany(db, { companyId, timeoutMs: pageTimeoutMs }, async (client) => {
    await eachRow(client, { text: sql, values: [...named, ...values], types: asText, rowMode: 'array' }, take)
  })
  return { rows, last: last && placeOf(last) }
}

/**
 * Hands each row on as it comes and keeps none: gathered by the thousand, the cells of a page outlived the young generation of the
 * heap, and an export doubled the memory of the gateway.
 */
function eachRow(client: pg.ClientBase, config: pg.QueryArrayConfig, take: (cells: EventCells) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: { error: unknown } | undefined
    const query = new pg.Query(config, (error) => {
      if (error || failure) reject(error ?? failure?.error)
      else resolve()
    })
    query.on('row', (cells: EventCells, result) => {
      // The row before is already written.
      if (result) result.rows.length = 0
      try {
        if (!failure) take(cells)
      } catch (error) {
        failure = { error }
      }
    })
    client.query(query)
  })
}

function microsOf(sqlTime: string): number {
  const { seconds, nanos } = fromSqlTime(sqlTime)
  return Number(seconds) * 1e6 + nanos / 1e3
}

const microsOfIso = (iso: string): number => microsOf(iso.replace('T', ' ').replace('Z', '+00'))
