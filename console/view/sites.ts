import { useQuery } from '@connectrpc/connect-query'
import { AdminService, type Site } from '../../proto/gen/userflow/v1/admin_pb.ts'
import { isZone } from './zone.ts'

/** The sites of the company; kept for a minute, since they seldom change. */
export function useSites(): readonly Site[] {
  const { data } = useQuery(AdminService.method.listSites, {}, { staleTime: 60_000 })
  return data?.sites ?? []
}

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** The time zone of days: the site's, or that of all sites where they agree, else this browser's. */
export function zoneFor(sites: readonly Site[], siteId: number): string {
  const asked = siteId === 0 ? sites : sites.filter((site) => site.siteId === siteId)
  const zones = new Set(asked.map(({ timeZone }) => timeZone))
  const [zone = ''] = zones
  return zones.size === 1 && isZone(zone) ? zone : ownZone()
}
