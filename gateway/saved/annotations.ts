import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type {
  AnnotationSchema,
  DeleteAnnotationRequest,
  ListAnnotationsRequest,
  ListAnnotationsResponseSchema,
  PutAnnotationRequest,
  PutAnnotationResponseSchema,
} from '../../proto/gen/userflow/v1/annotations_pb.ts'
import type { Database } from '../../sql/database.ts'
import { checkLine } from '../admin/check.ts'
import { checkLimit, checkOffset, checkOpenPeriod, checkSite, checkSites, checkTime } from '../analytics/parameters.ts'
import { stored } from '../analytics/run-statement.ts'
import { fromMicros } from '../analytics/time.ts'
import { invalid, RequestError } from '../errors.ts'
import { checkUuid } from '../people/check-person.ts'
import { insertWithin, knowsMembers, nameOfWho, type SavingCaller, valuesOfWho } from './keep.ts'

const mostAnnotations = 10_000
const usualRows = 200
/** SQLSTATE of a broken foreign key: here a site that the company does not have. */
const foreignKeyViolation = '23503'

interface Row extends Record<string, unknown> {
  readonly annotation_id: string
  readonly at_micros: string
  readonly site_id: number | null
  readonly text: string
  readonly author: string
  readonly created_at: Date
  readonly changed_at: Date
}

const columns = `annotation_id, (extract(epoch from at) * 1000000)::bigint::text as at_micros, site_id, text, author,
    created_at, changed_at`
const matches = `
  company_id = $1::int and at >= coalesce($2::timestamptz, '-infinity') and at < coalesce($3::timestamptz, 'infinity')
    and (cardinality($4::int[]) = 0 or site_id is null or site_id = any ($4::int[]))`

/** The annotations of a period, the latest first. @throws RequestError PARAMETER_INVALID */
export async function listAnnotations(
  db: Database,
  request: ListAnnotationsRequest,
  caller: SavingCaller,
): Promise<MessageInitShape<typeof ListAnnotationsResponseSchema>> {
  const { from_time, to_time } = checkOpenPeriod(request)
  const values = [caller.companyId, from_time, to_time, checkSites(request.siteIds)]
  const page = [checkLimit(request.limit, usualRows), checkOffset(request.offset)]
  const rows = await db.query<Row>(
    `select ${columns} from annotation where ${matches} order by at desc, annotation_id limit $5::int offset $6::int`,
    [...values, ...page],
  )
  const [counted] = await db.query<{ total: number }>(
    `select count(*)::int as total from annotation where ${matches}`,
    values,
  )
  return { annotations: rows.map((row) => annotationOf(row, caller)), total: counted?.total ?? 0 }
}

/** Adds an annotation, or changes one; its author stays who wrote it first. @throws RequestError PARAMETER_INVALID, UNKNOWN_ID */
export async function putAnnotation(
  db: Database,
  request: PutAnnotationRequest,
  caller: SavingCaller,
): Promise<MessageInitShape<typeof PutAnnotationResponseSchema>> {
  const at = checkTime('at', request.at)
  if (at === null) throw invalid('at', 'is required')
  const text = checkLine('text', request.text, { min: 1, max: 200 })
  const siteId = request.siteId === 0 ? null : checkSite('site_id', request.siteId)
  const values = [caller.companyId, at, siteId, text] as const
  const put =
    request.annotationId === ''
      ? insertWithin<Row>(db, insertSql, [...values, ...valuesOfWho(caller.who)])
      : db.query<Row>(updateSql, [...values, checkUuid('annotation_id', request.annotationId)])
  const [row] = await stored(put.catch(toUnknownSite))
  if (row) return { annotation: annotationOf(row, caller) }
  if (request.annotationId !== '') throw new RequestError('UNKNOWN_ID')
  throw invalid('text', `the company has ${mostAnnotations.toLocaleString('en')} annotations: delete one first`)
}

const insertSql = `
  insert into annotation (company_id, at, site_id, text, author)
  select $1::int, $2::timestamptz, $3::int, $4::text, ${nameOfWho(5)}
  where (select count(*) from annotation where company_id = $1::int) < ${mostAnnotations}
  returning ${columns}`
const updateSql = `
  update annotation set at = $2::timestamptz, site_id = $3::int, text = $4::text, changed_at = now()
  where company_id = $1::int and annotation_id = $5::uuid
  returning ${columns}`

function toUnknownSite(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === foreignKeyViolation) {
    throw new RequestError('UNKNOWN_ID', 'the company has no site of this site_id')
  }
  throw error
}

/** @throws RequestError PARAMETER_INVALID, UNKNOWN_ID */
export async function deleteAnnotation(
  db: Database,
  request: DeleteAnnotationRequest,
  { companyId }: SavingCaller,
): Promise<Record<never, never>> {
  const deleted = await db.query(
    'delete from annotation where company_id = $1::int and annotation_id = $2::uuid returning annotation_id',
    [companyId, checkUuid('annotation_id', request.annotationId)],
  )
  if (deleted.length === 0) throw new RequestError('UNKNOWN_ID')
  return {}
}

const annotationOf = (row: Row, { who }: SavingCaller): MessageInitShape<typeof AnnotationSchema> => ({
  annotationId: row.annotation_id,
  at: fromMicros(Number(row.at_micros)),
  siteId: row.site_id ?? 0,
  text: row.text,
  author: knowsMembers(who) ? row.author : '',
  createdAt: timestampFromDate(row.created_at),
  changedAt: timestampFromDate(row.changed_at),
})
