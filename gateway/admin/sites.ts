import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  type CreateSiteRequest,
  type CreateSiteResponseSchema,
  IpMode,
  type ListSitesResponseSchema,
  SiteKind,
  type SiteSchema,
  type UpdateSiteRequest,
  type UpdateSiteResponseSchema,
} from '../../proto/gen/userflow/v1/admin_pb.ts'
import type { Database } from '../../sql/database.ts'
import { RequestError } from '../errors.ts'
import type { Privacy } from '../privacy.ts'
import type { AdminCaller, Administration } from './administration.ts'
import { checkSiteId } from './check.ts'
import {
  checkOrigins,
  checkPrivacy,
  checkSaidPrivacy,
  checkSiteKind,
  checkSiteName,
  checkTimeZone,
  ipModes,
  noTimeZone,
  siteKinds,
} from './check-site.ts'
import { originFor, snippetOf } from './snippet.ts'

type Site = MessageInitShape<typeof SiteSchema>

/** A row of `site`, the columns of `siteColumns`. */
interface SiteRow extends Record<string, unknown> {
  site_id: number
  name: string
  kind: 'web' | 'server' | 'app'
  container_id: string
  allowed_origins: string[]
  time_zone: string
  ip_mode: Privacy['ipMode']
  cookieless: boolean
  query_parameters: string[] | null
  denied_properties: string[]
  respect_do_not_track: boolean
  created_at: Date
}

const siteColumns = `site_id, name, kind, container_id, allowed_origins, time_zone, ip_mode, cookieless, query_parameters,
  denied_properties, respect_do_not_track, created_at`

/** The company's sites, oldest first. */
export async function listSites(
  admin: Administration,
  caller: AdminCaller,
): Promise<MessageInitShape<typeof ListSitesResponseSchema>> {
  const rows = await admin.db.query<SiteRow>(
    `select ${siteColumns} from site where company_id = $1 order by created_at, site_id`,
    [caller.companyId],
  )
  return { sites: rows.map((row) => siteOf(row, admin, caller)) }
}

/** @throws RequestError PARAMETER_INVALID */
export async function createSite(
  admin: Administration,
  request: CreateSiteRequest,
  caller: AdminCaller,
): Promise<MessageInitShape<typeof CreateSiteResponseSchema>> {
  const name = checkSiteName(request.name)
  const kind = checkSiteKind(request.kind)
  const origins = checkOrigins(request.allowedOrigins)
  const privacy = checkPrivacy(request.privacy, kind)
  const timeZone = await zoneOfPostgres(admin.db, checkTimeZone(request.timeZone))
  const [row] = await admin.db.query<SiteRow>(
    `insert into site (company_id, name, kind, allowed_origins, time_zone, ip_mode, cookieless, query_parameters,
       denied_properties, respect_do_not_track)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${siteColumns}`,
    [caller.companyId, name, kind, origins, timeZone, ...privacyValues(privacy)],
  )
  if (!row) throw new Error('an insert with returning gave no row')
  return { site: siteOf(row, admin, caller) }
}

/**
 * One statement, so that of two at the same time neither is lost: each changes what it names, and the row's lock orders them.
 * @throws RequestError PARAMETER_INVALID or UNKNOWN_ID
 */
export async function updateSite(
  admin: Administration,
  request: UpdateSiteRequest,
  caller: AdminCaller,
): Promise<MessageInitShape<typeof UpdateSiteResponseSchema>> {
  const siteId = checkSiteId(request.siteId)
  const name = request.name === undefined ? null : checkSiteName(request.name)
  const origins = request.allowedOrigins ? checkOrigins(request.allowedOrigins.origins) : null
  const privacy = request.privacy ? privacyValues(checkSaidPrivacy(request.privacy)) : [null, null, null, null, null]
  const [row] = await admin.db.query<SiteRow>(
    `update site set name = coalesce($3, name), allowed_origins = coalesce($4, allowed_origins),
       ip_mode = coalesce($5, ip_mode), cookieless = coalesce($6, cookieless),
       query_parameters = case when $5::text is null then query_parameters else $7 end,
       denied_properties = coalesce($8, denied_properties),
       respect_do_not_track = coalesce($9, respect_do_not_track)
     where company_id = $1 and site_id = $2 returning ${siteColumns}`,
    [caller.companyId, siteId, name, origins, ...privacy],
  )
  if (!row) throw new RequestError('UNKNOWN_ID')
  return { site: siteOf(row, admin, caller) }
}

/** In the order of the columns: ip_mode, cookieless, query_parameters, denied_properties, respect_do_not_track. */
const privacyValues = (privacy: Privacy): unknown[] => [
  privacy.ipMode,
  privacy.cookieless,
  privacy.queryParameters ?? null,
  privacy.deniedProperties,
  privacy.respectDoNotTrack,
]

/** The zone as Postgres spells it, whose reports it is for. @throws RequestError PARAMETER_INVALID */
async function zoneOfPostgres(db: Database, name: string): Promise<string> {
  if (name === 'UTC') return name
  const [zone] = await db.query<{ name: string }>(
    'select name from pg_timezone_names where lower(name) = lower($1) limit 1',
    [name],
  )
  if (!zone) throw noTimeZone(name)
  return zone.name
}

function siteOf(row: SiteRow, { http }: Administration, caller: AdminCaller): Site {
  return {
    siteId: row.site_id,
    name: row.name,
    kind: nameIn(siteKinds, row.kind, SiteKind.UNSPECIFIED),
    containerId: row.container_id,
    allowedOrigins: row.allowed_origins,
    timeZone: row.time_zone,
    privacy: {
      ipMode: nameIn(ipModes, row.ip_mode, IpMode.UNSPECIFIED),
      cookieless: row.cookieless,
      keepAllQueryParameters: row.query_parameters === null,
      queryParameters: row.query_parameters ?? [],
      deniedProperties: row.denied_properties,
      respectDoNotTrack: row.respect_do_not_track,
    },
    createdAt: timestampFromDate(row.created_at),
    snippet: row.kind === 'web' ? snippetOf(originFor(caller, http)) : '',
  }
}

/** The contract's value for a word of the database. */
function nameIn<V, W>(words: ReadonlyMap<V, W>, word: W, otherwise: V): V {
  for (const [value, known] of words) if (known === word) return value
  return otherwise
}
