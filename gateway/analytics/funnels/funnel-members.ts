import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  FunnelMemberSchema,
  ListFunnelMembersRequest,
  ListFunnelMembersResponseSchema,
} from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { invalid } from '../../errors.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { numberOf, textOf, timeOf } from '../columns.ts'
import { checkLimit } from '../parameters.ts'
import { cursorTime, microsOf, readCursor } from '../question/cursor.ts'
import type { Row } from '../run-statement.ts'
import { fromSqlTime } from '../time.ts'
import { checkGroup, readFunnel } from './read-funnel.ts'

// Microseconds of the entry, id of its event.
const cursor = /^(-?\d{1,16})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Who reached a step of a funnel, or got no further? */
export async function listFunnelMembers(
  reading: Reading,
  request: ListFunnelMembersRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ListFunnelMembersResponseSchema>> {
  const row_limit = checkLimit(request.limit)
  const [time, id] = readCursor(request.after, cursor)
  const checked = await readFunnel(reading, caller, request)
  const count = checked.funnel.step_names.length
  if (request.step > count) throw invalid('step', `must be 1 to ${count}, the number of steps`)
  const { rows, meta } = await answer(reading, {
    metric: `funnel_members${checked.source}`,
    caller,
    parameters: {
      ...checked.question.common,
      ...checked.funnel,
      group_value: checkGroup(checked, request.group),
      step: request.step || 1,
      dropped: request.dropped,
      before_time: cursorTime(time),
      before_id: id ?? null,
      row_limit,
    },
    ...checked.places,
    explain: checked.question.explain,
  })
  const members = rows.slice(0, -1)
  const last = members.length < row_limit ? undefined : members.at(-1)
  return {
    members: members.map(memberOf),
    persons: numberOf(rows.at(-1)!, 'persons'),
    next: last ? `${microsOf(timeOf(last, 'entered_at')!)}/${last.entry_event_id}` : '',
    meta,
  }
}

function memberOf(row: Row): MessageInitShape<typeof FunnelMemberSchema> {
  const times = JSON.parse(textOf(row, 'step_times')) as string[]
  return {
    person: textOf(row, 'person'),
    siteId: numberOf(row, 'site_id'),
    isBot: row.is_bot === 't',
    reached: times.length,
    stepTimes: times.map((time) => fromSqlTime(time.replace('T', ' ').replace('+00:00', '+00'))),
    entryEventId: textOf(row, 'entry_event_id'),
    group: textOf(row, 'group_value'),
  }
}
