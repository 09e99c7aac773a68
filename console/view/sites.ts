import { useQuery } from '@connectrpc/connect-query'
import { AdminService } from '../../proto/gen/userflow/v1/admin_pb.ts'
import type { LinkedSite } from '../../proto/gen/userflow/v1/links_pb.ts'
import { useLink } from '../session/session-context.tsx'
import { isZone } from './zone.ts'

/** What a view needs of a site, whoever looks. */
export type ViewSite = Pick<LinkedSite, 'siteId' | 'name' | 'timeZone'>

const none: readonly ViewSite[] = []

const useListed = (enabled: boolean) => useQuery(AdminService.method.listSites, {}, { staleTime: 60_000, enabled })

/** The sites of the company, or those that a shared link shows; kept for a minute, since they seldom change. */
export function useSites(): readonly ViewSite[] {
  const link = useLink()
  const { data } = useListed(!link)
  return (link ?? data)?.sites ?? none
}

/** Whether the sites are on their way: their days are not known, and what is asked before would be asked for other days. */
export function useSitesAwaited(): boolean {
  const { isPending, failureCount } = useListed(true)
  return isPending && failureCount === 0
}

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** The time zones of the sites that are looked at, that of most sites first: the same for everybody who looks. */
function zonesOf(sites: readonly ViewSite[], siteId: number): readonly string[] {
  const asked = siteId === 0 ? sites : sites.filter((site) => site.siteId === siteId)
  const counts = new Map<string, number>()
  for (const { timeZone } of asked) if (isZone(timeZone)) counts.set(timeZone, (counts.get(timeZone) ?? 0) + 1)
  return [...counts].toSorted(([a, many], [b, others]) => others - many || (a < b ? -1 : 1)).map(([zone]) => zone)
}

/** The same, of the sites of the company. */
export function useZones(siteId: number): readonly string[] {
  const sites = useSites()
  return zonesOf(sites, siteId)
}

/** The time zone of days: the site's; of several sites the chosen one of theirs, else that of most of them. */
export function zoneFor(sites: readonly ViewSite[], { siteId, zone }: { siteId: number; zone: string }): string {
  const zones = zonesOf(sites, siteId)
  return zones.find((one) => one === zone) ?? zones[0] ?? ownZone()
}
