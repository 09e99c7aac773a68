import { randomBytes } from 'node:crypto'
import type { Database } from '../../sql/database.ts'
import { inTime } from '../in-time.ts'

/** The salts of the cookieless visitor hash: one for each UTC day, the same at every gateway, gone after two days. */
export interface Salts {
  /**
   * The salt of the day of this time, in milliseconds since 1970.
   * @throws if it was not read before and Postgres does not answer within 2 s; fails at once for 1 s after that.
   */
  of(atMs: number): Promise<Uint8Array>
}

const dayMs = 86_400_000
const answerWithinMs = 2_000
const restMs = 1_000

/** Salts kept in the table visitor_salt. The first gateway that needs a day makes its salt. */
export function createSalts(db: Pick<Database, 'query'>): Salts {
  const known = new Map<number, Uint8Array>()
  let reading: Promise<void> | undefined
  let failed: { readonly error: unknown; readonly untilMs: number } | undefined

  const read = async (day: number): Promise<void> => {
    try {
      for (const [found, salt] of await inTime(answerWithinMs, readSalts(db, day))) known.set(found, salt)
      for (const old of known.keys()) if (old < day - 1) known.delete(old)
      failed = undefined
    } catch (error) {
      failed = { error, untilMs: Date.now() + restMs }
    } finally {
      reading = undefined
    }
  }

  return {
    async of(atMs) {
      const day = Math.floor(atMs / dayMs)
      const salt = known.get(day)
      if (salt) return salt
      if (!failed || Date.now() >= failed.untilMs) {
        reading ??= read(day)
        await reading
      }
      const now = known.get(day)
      if (now) return now
      throw new Error(`the visitor salt of ${dateOf(day)} could not be read`, { cause: failed?.error })
    },
  }
}

/** Makes the salts of the day and of the next (so midnight does not need Postgres), and deletes those two days old. */
async function readSalts(db: Pick<Database, 'query'>, day: number): Promise<[number, Uint8Array][]> {
  const days = [day, day + 1]
  await db.query(
    `insert into visitor_salt (day, salt) select * from unnest($1::date[], $2::bytea[]) on conflict (day) do nothing`,
    [days.map(dateOf), days.map(() => randomBytes(32))],
  )
  await db.query('delete from visitor_salt where day < $1::date', [dateOf(day - 1)])
  const rows = await db.query<{ day: string; salt: Buffer }>(
    'select day::text as day, salt from visitor_salt where day = any($1::date[])',
    [days.map(dateOf)],
  )
  return rows.map((row) => [Date.parse(row.day) / dayMs, row.salt])
}

const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
