import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  SegmentMemberSchema,
  SegmentMembersRequest,
  SegmentMembersResponseSchema,
} from '../../proto/gen/userflow/v1/segments_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { numberOf, textOf, timeOf } from '../analytics/columns.ts'
import { checkLimit, checkOffset } from '../analytics/parameters.ts'
import { checkPeople } from '../analytics/question/check-segment.ts'
import { readQuestion } from '../analytics/question/read-question.ts'
import type { Row } from '../analytics/run-statement.ts'

/** Who is in a segment, and how many? */
export async function segmentMembers(
  reading: Reading,
  request: SegmentMembersRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof SegmentMembersResponseSchema>> {
  const { common, filters, explain } = readQuestion(request.question)
  const people = checkPeople('', request.people)
  const page = { row_limit: checkLimit(request.limit), row_offset: checkOffset(request.offset) }
  const parameters = { ...common, people, ...page }
  const { rows, meta } = await answer(reading, { metric: 'segment_members', caller, parameters, filters, explain })
  return { members: rows.slice(0, -1).map(memberOf), total: numberOf(rows.at(-1)!, 'events'), meta }
}

const memberOf = (row: Row): MessageInitShape<typeof SegmentMemberSchema> => ({
  personId: textOf(row, 'person_id'),
  siteId: numberOf(row, 'site_id'),
  isBot: row.is_bot === 't',
  events: numberOf(row, 'events'),
  firstAt: timeOf(row, 'first_at')!,
  lastAt: timeOf(row, 'last_at')!,
})
