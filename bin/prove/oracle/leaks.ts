import type { Check } from './evidence.ts'

/** Most connections of a worker process by their name, as its pools are made: sealing days holds one while other jobs run. */
const mostEach = { 'userflow worker': 3, 'userflow jobs': 2 }

/** I9, its second half: whatever died, no connection stays behind. (That the lag returns to zero is waited for before.) */
export const nothingLeaks: Check = async ({ database, log, workers }) => {
  const rows = await database.query<{ name: string; connections: number }>(
    `select application_name as name, count(*)::int as connections from pg_stat_activity
     where application_name like 'userflow%' group by 1`,
  )
  const most: Readonly<Record<string, number>> = {
    'userflow worker': mostEach['userflow worker'] * workers,
    'userflow jobs': mostEach['userflow jobs'] * workers,
    // One connection a partition, whoever holds it.
    'userflow write session': log.partitions,
  }
  return rows
    .filter(({ name, connections }) => connections > (most[name] ?? Number.POSITIVE_INFINITY))
    .map(({ name, connections }) => ({
      invariant: 'I9',
      message: `${connections} connections named "${name}" are open, ${most[name]} would do`,
    }))
}
