import type { Job } from './jobs.ts'

/** Months of events behind the current one that get a partition of their own; older events go to the default partition. */
const monthsBack = 13
/** Months ahead: a worker may be away for this long before events of a new month meet no partition. */
const monthsAhead = 2

/** Makes the monthly partitions of `user_events` ahead of time. */
export const makePartitions: Job = {
  name: 'make-partitions',
  everyMs: 3_600_000,
  async run(db) {
    return await db.transaction('begin', async (client) => {
      // Two workers at once would both try to create the same table; the second waits and finds it there.
      await client.query(`select pg_advisory_xact_lock(hashtext('ensure_event_partitions'))`)
      const { rows } = await client.query<{ created: number }>('select ensure_event_partitions($1, $2) as created', [
        monthsBack,
        monthsAhead,
      ])
      return { created: rows[0]?.created ?? 0 }
    })
  },
}
