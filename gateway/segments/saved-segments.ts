import type { JsonValue, MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { SegmentSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import type {
  DeleteSegmentRequest,
  ListSegmentsResponseSchema,
  PutSegmentRequest,
  PutSegmentResponseSchema,
  SavedSegmentSchema,
} from '../../proto/gen/userflow/v1/segments_pb.ts'
import type { Database } from '../../sql/database.ts'
import { checkLine } from '../admin/check.ts'
import type { Caller } from '../analytics/answer.ts'
import { checkSegment } from '../analytics/question/check-segment.ts'
import { checkSegmentId, segmentOf } from '../analytics/question/saved-segment.ts'
import { stored } from '../analytics/run-statement.ts'
import { invalid, RequestError } from '../errors.ts'
import { definitionOf, insertWithin, toNameTaken } from '../saved/keep.ts'

const mostSegments = 1_000

interface Row extends Record<string, unknown> {
  readonly segment_id: string
  readonly name: string
  readonly definition: JsonValue
  readonly version: number
  readonly created_at: Date
  readonly changed_at: Date
}

const columns = 'segment_id, name, definition, version, created_at, changed_at'

/** Every saved segment of the company, by name. */
export async function listSegments(
  db: Database,
  { companyId }: Caller,
): Promise<MessageInitShape<typeof ListSegmentsResponseSchema>> {
  const rows = await db.query<Row>(
    `select ${columns} from segment where company_id = $1::int order by name collate "C"`,
    [companyId],
  )
  return { segments: rows.map(savedOf) }
}

/**
 * Saves a new segment, or changes one; the version rises only if what it says changes.
 * @throws RequestError PARAMETER_INVALID, UNKNOWN_ID
 */
export async function putSegment(
  db: Database,
  request: PutSegmentRequest,
  { companyId }: Caller,
): Promise<MessageInitShape<typeof PutSegmentResponseSchema>> {
  const name = checkLine('name', request.name, { min: 1, max: 200 })
  if (!request.segment) throw invalid('segment', 'is required')
  checkSegment(request.segment)
  const definition = definitionOf(SegmentSchema, request.segment)
  const put =
    request.segmentId === ''
      ? insertWithin<Row>(db, insertSql, [companyId, name, definition])
      : change(db, [companyId, name, definition, checkSegmentId(request.segmentId)])
  const [row] = await stored(put.catch(toNameTaken('segment')))
  if (row) return { segment: savedOf(row) }
  if (request.segmentId !== '') throw new RequestError('UNKNOWN_ID')
  throw invalid('segment', `the company has ${mostSegments.toLocaleString('en')} saved: delete one first`)
}

const insertSql = `
  insert into segment (company_id, name, definition)
  select $1::int, $2::text, $3::jsonb
  where (select count(*) from segment where company_id = $1::int) < ${mostSegments}
  returning ${columns}`

const change = (db: Database, values: readonly unknown[]): Promise<Row[]> =>
  db.query<Row>(
    `update segment set name = $2::text, definition = $3::jsonb, changed_at = now(),
       version = version + (definition <> $3::jsonb)::int
     where company_id = $1::int and segment_id = $4::uuid
     returning ${columns}`,
    [...values],
  )

/** @throws RequestError PARAMETER_INVALID, UNKNOWN_ID */
export async function deleteSegment(
  db: Database,
  request: DeleteSegmentRequest,
  { companyId }: Caller,
): Promise<Record<never, never>> {
  const deleted = await db.query(
    'delete from segment where company_id = $1::int and segment_id = $2::uuid returning segment_id',
    [companyId, checkSegmentId(request.segmentId)],
  )
  if (deleted.length === 0) throw new RequestError('UNKNOWN_ID')
  return {}
}

const savedOf = (row: Row): MessageInitShape<typeof SavedSegmentSchema> => ({
  segmentId: row.segment_id,
  name: row.name,
  segment: segmentOf(row.definition),
  version: row.version,
  createdAt: timestampFromDate(row.created_at),
  changedAt: timestampFromDate(row.changed_at),
})
