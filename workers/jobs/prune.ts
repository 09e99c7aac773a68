import type { Job } from './jobs.ts'

/**
 * Forgets what the sessionizer remembers of visitors not seen for three days: events that late open a session of their own.
 * Deletes in pieces, so that no batch waits long for a row.
 */
export const pruneVisitorStates: Job = {
  name: 'prune-visitor-states',
  everyMs: 3_600_000,
  async run(db) {
    let deleted = 0
    for (;;) {
      const gone = await db.query(
        `delete from visitor_state where (company_id, site_id, visitor_id) in (
           select company_id, site_id, visitor_id from visitor_state
           where updated_at < now() - interval '3 days' limit 5000 for update skip locked)
         returning 1`,
      )
      deleted += gone.length
      if (gone.length < 5_000) return { deleted }
    }
  },
}

/** Deletes the salts of the cookieless visitor hash after two days: then nobody, we included, can compute it again. */
export const pruneSalts: Job = {
  name: 'prune-salts',
  everyMs: 3_600_000,
  async run(db) {
    const gone = await db.query(`delete from visitor_salt where day < (now() at time zone 'UTC')::date - 1 returning 1`)
    return { deleted: gone.length }
  },
}
