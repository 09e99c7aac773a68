import type { CustomTypesConfig } from 'pg'
import type { Database } from '../../sql/database.ts'
import { type Filter, fillPlaces } from '../../sql/filters.ts'
import { loadStatement } from '../../sql/statement.ts'
import { bindParameters } from '../analytics/bind-parameters.ts'
import type { Common } from '../analytics/question/read-question.ts'
import { readForCompany } from '../analytics/read-for-company.ts'
import { stored } from '../analytics/run-statement.ts'
import { fromSqlTime, toSqlTime } from '../analytics/time.ts'
import { columns, type EventCells } from './columns.ts'

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

/**
 * The events page by page, in the order of time and id. Between two pages nothing is held in Postgres, so that a slow reader
 * costs nothing there. @throws RequestError QUERY_TOO_SLOW, STORE_DOWN
 */
export async function* readEvents(db: Database, selection: Selection): AsyncGenerator<readonly EventCells[]> {
  const { common, filters } = selection.question
  const end = microsOfIso(common.to_time)
  const sparse = filters.length > 0 || common.site_ids.length > 0
  const first = selection.after ?? { micros: microsOfIso(common.from_time) - 1, id: greatestId }
  const start = (after: Place, left: number): Reading => {
    const stretchEnd = sparse ? Math.min(end, after.micros + stretchMicros) : end
    const rows = readPage(db, selection, { after, to: toSqlTime(stretchEnd), rows: Math.min(left, pageRows) })
    // Its failure is told to who awaits it; nobody may, when the reader leaves.
    rows.catch(() => undefined)
    return { rows, stretchEnd, left }
  }
  let reading: Reading | undefined = start(first, selection.limit)
  while (reading) {
    const { stretchEnd, left, rows: underWay }: Reading = reading as Reading
    const rows = await underWay
    const last = rows.at(-1)
    const isOver: boolean = last ? left <= rows.length : stretchEnd >= end
    // Postgres finds the next page while this one is written.
    reading = isOver
      ? undefined
      : start(last ? placeOf(last) : { micros: stretchEnd - 1, id: greatestId }, left - rows.length)
    if (last) yield rows
  }
}

/** A page under way. */
interface Reading {
  readonly rows: Promise<readonly EventCells[]>
  /** It looks at events before this, in microseconds. */
  readonly stretchEnd: number
  /** Events that may still come, it included. */
  readonly left: number
}

/** Where an event stands in the order. */
export const placeOf = (cells: EventCells): Place => ({ micros: microsOf(cells[timeAt]!), id: cells[idAt]! })

async function readPage(
  db: Database,
  { companyId, question, receivedBefore }: Selection,
  page: { after: Place; to: string; rows: number },
): Promise<readonly EventCells[]> {
  const statement = loadStatement(metric)
  const named = bindParameters(statement, {
    ...question.common,
    company_id: companyId,
    to_time: page.to,
    received_before: receivedBefore,
    after_time: toSqlTime(page.after.micros),
    after_id: page.after.id,
    row_limit: page.rows,
  })
  const { sql, values } = fillPlaces(statement.sql, { filters: question.filters }, named.length + 1)
  return await stored(
    readForCompany(db, { companyId, timeoutMs: pageTimeoutMs }, async (client) => {
      const query = { text: sql, values: [...named, ...values], types: asText, rowMode: 'array' as const }
      return (await client.query<(string | null)[]>(query)).rows
    }),
  )
}

function microsOf(sqlTime: string): number {
  const { seconds, nanos } = fromSqlTime(sqlTime)
  return Number(seconds) * 1e6 + nanos / 1e3
}

const microsOfIso = (iso: string): number => microsOf(iso.replace('T', ' ').replace('Z', '+00'))
