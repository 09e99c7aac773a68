import { fromJson, type JsonValue } from '@bufbuild/protobuf'
import { SegmentSchema, type Segment as WireSegment } from '../../../proto/gen/userflow/v1/question_pb.ts'
import type { Database } from '../../../sql/database.ts'
import type { Condition } from '../../../sql/filters.ts'
import { invalid, RequestError } from '../../errors.ts'
import { uuid } from '../parameters.ts'
import { stored } from '../run-statement.ts'
import { checkSegment } from './check-segment.ts'

/** A condition as it was asked for: a segment may be named by the id under which it was saved. */
export type AskedCondition = Condition | { readonly segmentId: string }

/** The id of a saved segment, in lower case. @throws PARAMETER_INVALID */
export function checkSegmentId(segmentId: string): string {
  const id = segmentId.toLowerCase()
  if (!uuid.test(id)) throw invalid('segment_id', 'must be the segment_id of ListSegments, a UUID')
  return id
}

/** The conditions, with what the company's saved segments say in place of their ids. @throws UNKNOWN_ID, STORE_DOWN */
export function findSegments(
  db: Database,
  companyId: number,
  conditions: readonly AskedCondition[],
): Promise<readonly Condition[]> {
  return Promise.all(
    conditions.map(async (condition) => {
      if (!('segmentId' in condition)) return condition
      const [row] = await stored(
        db.query<{ definition: JsonValue }>(
          'select definition from segment where company_id = $1::int and segment_id = $2::uuid',
          [companyId, condition.segmentId],
        ),
      )
      if (!row) throw new RequestError('UNKNOWN_ID')
      return { segment: checkSegment(segmentOf(row.definition)) }
    }),
  )
}

/**
 * A segment from the JSON it was saved as. A field that this version does not know would change what it means, so it is not
 * passed over. @throws PARAMETER_INVALID for a segment saved by a later version
 */
export function segmentOf(definition: JsonValue): WireSegment {
  try {
    return fromJson(SegmentSchema, definition)
  } catch {
    throw invalid('segment_id', 'was saved by a later version of the gateway: ask one of that version')
  }
}
