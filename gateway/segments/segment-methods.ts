import type { SegmentService } from '../../proto/gen/userflow/v1/segments_pb.ts'
import { loadStatement } from '../../sql/statement.ts'
import type { Reading } from '../analytics/answer.ts'
import type { ReadMethods } from '../analytics/read-methods.ts'
import { stored } from '../analytics/run-statement.ts'
import { deleteSegment, listSegments, putSegment } from './saved-segments.ts'
import { segmentMembers } from './segment-members.ts'

/** The methods of SegmentService. They throw RequestError: PARAMETER_INVALID, UNKNOWN_ID, QUERY_TOO_SLOW, STORE_DOWN. */
export function createSegmentMethods(reading: Reading): ReadMethods<typeof SegmentService> {
  const { db } = reading
  loadStatement('segment_members')
  return {
    listSegments: (_, caller) => stored(listSegments(db, caller)),
    putSegment: (request, caller) => putSegment(db, request, caller),
    deleteSegment: (request, caller) => stored(deleteSegment(db, request, caller)),
    segmentMembers: (request, caller) => segmentMembers(reading, request, caller),
  }
}
