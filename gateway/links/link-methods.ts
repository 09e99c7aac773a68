import { fromJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { LinkService, ReadLinkResponseSchema } from '../../proto/gen/userflow/v1/links_pb.ts'
import { FilterSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { ReadMethods } from '../analytics/read-methods.ts'
import { stored } from '../analytics/run-statement.ts'
import { RequestError } from '../errors.ts'
import type { PeopleCaller } from '../people/caller.ts'
import { createLink, type Linking, listLinks, revokeLink } from './shared-links.ts'

/** The methods of LinkService. They throw RequestError: PARAMETER_INVALID, UNKNOWN_ID, LINK_ENDED, STORE_DOWN. */
export function createLinkMethods(linking: Linking): ReadMethods<typeof LinkService, PeopleCaller> {
  return {
    createLink: (request, caller) => stored(createLink(linking, request, caller)),
    listLinks: (_, caller) => stored(listLinks(linking, caller)),
    revokeLink: (request, caller) => stored(revokeLink(linking, request, caller)),
    readLink: (_, caller) => stored(readLink(linking, caller)),
  }
}

interface Row extends Record<string, unknown> {
  name: string
  company_name: string
  path: string
  search: string
  site_id: number | null
  filters: JsonValue[]
  segment_name: string | null
  expires_at: Date
}

/** What the link shows with which is asked. @throws RequestError LINK_ENDED */
async function readLink(
  { db }: Linking,
  { who }: PeopleCaller,
): Promise<MessageInitShape<typeof ReadLinkResponseSchema>> {
  if (who.kind !== 'link') throw new RequestError('LINK_ENDED')
  const { companyId, linkId } = who
  const [row] = await db.query<Row>(
    `select l.name, c.name as company_name, path, search, site_id, filters, expires_at,
            (select s.name from segment s where s.company_id = l.company_id and s.segment_id = l.segment_id) as segment_name
       from shared_link l join company c using (company_id) where company_id = $1 and link_id = $2`,
    [companyId, linkId],
  )
  if (!row) throw new RequestError('LINK_ENDED')
  const sites = await db.query<{ site_id: number; name: string; time_zone: string }>(
    `select site_id, name, time_zone from site where company_id = $1 and ($2::int is null or site_id = $2)
      order by created_at, site_id`,
    [companyId, row.site_id],
  )
  return {
    name: row.name,
    companyName: row.company_name,
    path: row.path,
    search: row.search,
    sites: sites.map((site) => ({ siteId: site.site_id, name: site.name, timeZone: site.time_zone })),
    oneSite: row.site_id !== null,
    filters: row.filters.map((one) => fromJson(FilterSchema, one)),
    segmentName: row.segment_name ?? '',
    expiresAt: timestampFromDate(row.expires_at),
  }
}
