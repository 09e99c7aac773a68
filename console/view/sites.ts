import { useQuery } from '@connectrpc/connect-query'
import { AdminService } from '../../proto/gen/userflow/v1/admin_pb.ts'
import type { LinkedSite } from '../../proto/gen/userflow/v1/links_pb.ts'
import { useLink } from '../session/session-context.tsx'
import { isZone } from './zone.ts'

/** What a view needs of a site, whoever looks. */
export type ViewSite = Pick<LinkedSite, 'siteId' | 'name' | 'timeZone'>

const none: readonly ViewSite[] = []

/** The sites of the company, or those that a shared link shows; kept for a minute, since they seldom change. */
export function useSites(): readonly ViewSite[] {
  const link = useLink()
  const { data } = useQuery(AdminService.method.listSites, {}, { staleTime: 60_000, enabled: !link })
  return (link ?? data)?.sites ?? none
}

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** The time zone of days: the site's, or that of all sites where they agree, else this browser's. */
export function zoneFor(sites: readonly ViewSite[], siteId: number): string {
  const asked = siteId === 0 ? sites : sites.filter((site) => site.siteId === siteId)
  const zones = new Set(asked.map(({ timeZone }) => timeZone))
  const [zone = ''] = zones
  return zones.size === 1 && isZone(zone) ? zone : ownZone()
}
