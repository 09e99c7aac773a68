import type pg from 'pg'
import type { Database } from '../../sql/database.ts'

/** Whose rows are read, and for how long at most. */
export interface Reader {
  readonly companyId: number
  readonly timeoutMs: number
}

/**
 * Memory of a sort or hash table. With Postgres' own 4 MB, breakdown_of_events over 30 days of a million events (165,000 events)
 * wrote its groups to disk and took twice the CPU time.
 */
const workMemory = '16MB'

/** Sees only the company of the setting userflow.company_id, whatever a statement asks: sql/functions/protect_companies.sql. */
const readerRole = 'userflow_reader'

/** Runs `work` in a read-only transaction that row level security binds to the company. @throws the driver's error */
export const readForCompany = <T>(
  db: Database,
  { companyId, timeoutMs }: Reader,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> =>
  db.transaction('begin read only', async (client) => {
    await client.query({
      text: `select set_config('statement_timeout', $1, true), set_config('userflow.company_id', $2, true),
                    set_config('work_mem', $3, true), set_config('role', $4, true)`,
      values: [`${timeoutMs}ms`, String(companyId), workMemory, readerRole],
    })
    return work(client)
  })
