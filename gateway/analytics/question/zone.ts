import { invalid } from '../../errors.ts'
import type { Caller, Reading } from '../answer.ts'
import { toStoreError } from '../run-statement.ts'

/** In which zone a question's intervals begin. */
export interface Zone {
  readonly name: string
  /** Every site asked for keeps its days in this zone, so rollups by day can answer. */
  readonly ofAllSites: boolean
  /** Some site asked for does, so its sealed days can answer. */
  readonly ofAnySite: boolean
}

const zoneName = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/

/** A name of a time zone that Node knows; empty stays empty. @throws PARAMETER_INVALID */
export function checkZoneName(name: string): string {
  if (name === '') return name
  try {
    if (zoneName.test(name)) return new Intl.DateTimeFormat('en', { timeZone: name }) && name
  } catch {
    // Not a name it knows.
  }
  throw invalid('time_zone', 'must be a name of the IANA database, such as Europe/Berlin')
}

/** The zone asked for; else that of the site if exactly one is asked for; else UTC. @throws STORE_DOWN */
export async function findZone(
  reading: Reading,
  caller: Caller,
  asked: { readonly timeZone: string; readonly siteIds: readonly number[] },
): Promise<Zone> {
  const siteIds = [...new Set(asked.siteIds)]
  const sites = await reading.db
    .query<{ time_zone: string; sites: number }>(
      `select time_zone, count(*)::int as sites from site
       where company_id = $1::int and (cardinality($2::int[]) = 0 or site_id = any ($2::int[])) group by time_zone`,
      [caller.companyId, siteIds],
    )
    .catch((error: unknown) => {
      throw toStoreError(error)
    })
  const known = sites.reduce((sum, row) => sum + row.sites, 0)
  // A site that is not there keeps its days in UTC.
  const zones = new Set([...sites.map((row) => row.time_zone), ...(known < Math.max(1, siteIds.length) ? ['UTC'] : [])])
  const [only = 'UTC'] = zones
  const name = asked.timeZone || (siteIds.length === 1 ? only : 'UTC')
  return { name, ofAllSites: zones.size === 1 && zones.has(name), ofAnySite: zones.has(name) }
}
