import { fromJson, type JsonValue, type MessageInitShape, toJson } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type pg from 'pg'
import type {
  CreateLinkRequest,
  CreateLinkResponseSchema,
  ListLinksResponseSchema,
  RevokeLinkRequest,
  SharedLinkSchema,
} from '../../proto/gen/userflow/v1/links_pb.ts'
import { FilterSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { Database } from '../../sql/database.ts'
import { checkLine, checkSiteId, hasControl } from '../admin/check.ts'
import { type HttpPlace, originFor } from '../admin/snippet.ts'
import { checkFilters } from '../analytics/question/check-filters.ts'
import { checkSegmentId } from '../analytics/question/saved-segment.ts'
import { invalid, RequestError } from '../errors.ts'
import type { PeopleCaller } from '../people/caller.ts'
import { checkUuid } from '../people/check-person.ts'
import { companyOf } from '../people/keeping.ts'
import { linkHashOf, newLinkToken } from './link-token.ts'

/** What the methods of LinkService need. */
export interface Linking {
  readonly db: Database
  readonly http: HttpPlace
}

/** A row of `shared_link`, without the hash of its token. */
interface Row extends Record<string, unknown> {
  link_id: string
  name: string
  path: string
  search: string
  site_id: number | null
  filters: JsonValue[]
  segment_id: string | null
  created_by: string
  created_at: Date
  expires_at: Date
  last_used_at: Date | null
}

const columns = `link_id, name, path, search, site_id, filters, segment_id, created_by, created_at, expires_at, last_used_at`
const mostLinks = 1_000
const mostFilters = 10
const mostDays = 366
const mostSearchCharacters = 4_000

const linkOf = (row: Row): MessageInitShape<typeof SharedLinkSchema> => ({
  linkId: row.link_id,
  name: row.name,
  path: row.path,
  search: row.search,
  siteId: row.site_id ?? 0,
  filters: row.filters.map((one) => fromJson(FilterSchema, one)),
  segmentId: row.segment_id ?? '',
  createdBy: row.created_by,
  createdAt: timestampFromDate(row.created_at),
  expiresAt: timestampFromDate(row.expires_at),
  ...(row.last_used_at && { lastUsedAt: timestampFromDate(row.last_used_at) }),
})

/** Links in force, newest first. */
export async function listLinks(
  { db }: Linking,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof ListLinksResponseSchema>> {
  const rows = await db.query<Row>(
    `select ${columns} from shared_link where company_id = $1 and revoked_at is null and expires_at > now()
      order by created_at desc, link_id`,
    [companyOf(caller)],
  )
  return { links: rows.map(linkOf) }
}

/** @throws RequestError PARAMETER_INVALID, or UNKNOWN_ID for a site or segment that the company does not have */
export async function createLink(
  { db, http }: Linking,
  request: CreateLinkRequest,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof CreateLinkResponseSchema>> {
  const link = checkLink(request)
  const companyId = companyOf(caller)
  const token = newLinkToken()
  const { who } = caller
  const row = await db.transaction('begin', async (client) => {
    // Locked, so that the limit holds for two at the same time too.
    await client.query('select from company where company_id = $1 for no key update', [companyId])
    await checkPlace(client, companyId, link)
    const { rows } = await client.query<Row>(
      `insert into shared_link (company_id, token_hash, name, path, search, site_id, filters, segment_id, expires_at, created_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(days => $9),
               coalesce((select prefix from api_key where company_id = $1 and key_id = $10), $11))
       returning ${columns}`,
      [
        companyId,
        linkHashOf(token),
        link.name,
        link.path,
        link.search,
        link.siteId,
        link.filters,
        link.segmentId,
        link.lastsDays,
        who.kind === 'key' ? who.keyId : null,
        who.kind === 'person' ? who.email : '',
      ],
    )
    return rows[0]!
  })
  // Behind "#", so that no server and no log on the way gets to see it.
  return { link: linkOf(row), address: `${originFor(caller, http)}/shared#${token}` }
}

/** Ends a link; of one that has ended nothing changes. @throws RequestError PARAMETER_INVALID or UNKNOWN_ID */
export async function revokeLink({ db }: Linking, request: RevokeLinkRequest, caller: PeopleCaller): Promise<object> {
  const rows = await db.query(
    `update shared_link set revoked_at = coalesce(revoked_at, now()) where company_id = $1 and link_id = $2 returning link_id`,
    [companyOf(caller), checkUuid('link_id', request.linkId)],
  )
  if (rows.length === 0) throw new RequestError('UNKNOWN_ID')
  return {}
}

function checkLink(request: CreateLinkRequest) {
  const { path, search, filters, lastsDays } = request
  if (!/^\/[a-z][a-z-]{0,60}$/.test(path)) throw invalid('path', 'must be that of a screen, such as /overview')
  if (search.length > mostSearchCharacters || !/^($|\?)/.test(search) || hasControl(search)) {
    throw invalid(
      'search',
      `must be the part of an address from the question mark on, at most ${mostSearchCharacters} characters`,
    )
  }
  checkFilters(filters, { name: 'filters', most: mostFilters })
  if (lastsDays < 1 || lastsDays > mostDays) throw invalid('lasts_days', `must be 1 to ${mostDays}`)
  return {
    name: checkLine('name', request.name, { min: 1, max: 200 }),
    path,
    search,
    siteId: request.siteId === 0 ? null : checkSiteId(request.siteId),
    filters: JSON.stringify(filters.map((one) => toJson(FilterSchema, one))),
    segmentId: request.segmentId === '' ? null : checkSegmentId(request.segmentId),
    lastsDays,
  }
}

async function checkPlace(client: pg.ClientBase, companyId: number, link: ReturnType<typeof checkLink>): Promise<void> {
  const { rows } = await client.query<{ known: boolean; links: number }>(
    `select ($2::int is null or exists (select from site where company_id = $1 and site_id = $2))
        and ($3::uuid is null or exists (select from segment where company_id = $1 and segment_id = $3)) as known,
       (select count(*)::int from shared_link where company_id = $1 and revoked_at is null and expires_at > now()) as links`,
    [companyId, link.siteId, link.segmentId],
  )
  if (!rows[0]!.known) throw new RequestError('UNKNOWN_ID')
  if (rows[0]!.links >= mostLinks) {
    throw invalid('link', `the company has ${mostLinks.toLocaleString('en')} in force: end one first`)
  }
}
