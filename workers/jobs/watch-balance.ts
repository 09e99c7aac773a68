import type { WorkerFigures } from '../figures.ts'
import type { Job } from './jobs.ts'

// Each row is written by one partition in one transaction, so each is zero by itself: none can make up for another.
const sum =
  'select coalesce(sum(abs(taken - stored - duplicate - dead_letter)), 0)::float8 as difference from ingest_balance b'

/** Company 0 has the records that name none. Each company's recent minutes are found by the primary key. */
const lastDay = `${sum} join (select company_id from company union select 0) companies using (company_id)
where b.minute >= now() - interval '1 day'`

/** Puts the balance into a figure: twice a minute that of the last day, once an hour that of all time. */
export const watchBalance = (figures: WorkerFigures): readonly Job[] => [
  watch(figures, { period: 'day', everyMs: 30_000, text: lastDay }),
  watch(figures, { period: 'all', everyMs: 3_600_000, text: sum }),
]

function watch(figures: WorkerFigures, what: { period: 'day' | 'all'; everyMs: number; text: string }): Job {
  const { period, everyMs, text } = what
  return {
    name: `watch-balance-${period}`,
    everyMs,
    quiet: true,
    async run(db) {
      const [row] = await db.query<{ difference: number }>(text)
      const difference = row?.difference ?? 0
      figures.balanceDifference.set({ period }, difference)
      return { difference }
    },
  }
}
