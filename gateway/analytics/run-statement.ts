import type { CustomTypesConfig } from 'pg'
import type { Database } from '../../sql/database.ts'
import type { Statement } from '../../sql/statement.ts'
import { RequestError } from '../errors.ts'
import { readForCompany } from './read-for-company.ts'

/** A value of a parameter. Times are ISO 8601 text, see time.ts. */
export type SqlValue = string | number | boolean | readonly number[] | readonly string[] | null

/** A row as Postgres writes it: each column its text or null, so that no number or time loses a digit on the way. */
export type Row = Readonly<Record<string, string | null>>

/** What to run, for whom, and for how long at most. */
export interface Run {
  readonly statement: Statement
  /** In the order of $1…$n. */
  readonly values: readonly SqlValue[]
  readonly companyId: number
  readonly timeoutMs: number
}

const asText: CustomTypesConfig = { getTypeParser: () => (value: string | Buffer) => String(value) }

/**
 * Runs a statement in a read-only transaction bound to the company by row level security, with a time-out of its own.
 * @throws RequestError QUERY_TOO_SLOW, or STORE_DOWN when Postgres does not answer; else the driver's error.
 */
export async function runStatement(db: Database, run: Run): Promise<readonly Row[]> {
  try {
    return await readForCompany(db, run, async (client) => {
      const result = await client.query<Row>({ text: run.statement.sql, values: [...run.values], types: asText })
      return result.rows
    })
  } catch (error) {
    throw toStoreError(error)
  }
}

/** The plan of a statement, run once more within the same limits to measure it: EXPLAIN (ANALYZE, BUFFERS) as text. */
export async function explainStatement(db: Database, run: Run): Promise<string> {
  const sql = `explain (analyze, buffers, format text) ${run.statement.sql}`
  const rows = await runStatement(db, { ...run, statement: { ...run.statement, sql } })
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

/** What a failure of Postgres means to the one who asked; an error that is not about reaching it stays as it is. */
export function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === '57014' || error.message === 'Query read timeout') {
    return new RequestError('QUERY_TOO_SLOW', undefined, { cause: error })
  }
  const unreachable =
    /^(08|53|57|E[A-Z]+$)/.test(code) || /connection terminated|timeout exceeded|not queryable/i.test(error.message)
  return unreachable ? new RequestError('STORE_DOWN', undefined, { cause: error }) : error
}

/** The result of `work` on Postgres. @throws what its failure means to the one who asked, as `toStoreError` says */
export const stored = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw toStoreError(error)
  })
