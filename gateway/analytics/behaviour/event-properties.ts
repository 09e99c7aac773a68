import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  EventPropertiesRequest,
  EventPropertiesResponseSchema,
} from '../../../proto/gen/userflow/v1/content_pb.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { numberOf, textOf } from '../columns.ts'
import { checkEventName, checkLimit, checkOffset } from '../parameters.ts'
import { readQuestion } from '../question/read-question.ts'
import { checkCount } from './check-count.ts'
import { share } from './shares.ts'

/** Which properties do events have, and which values? */
export async function eventProperties(
  reading: Reading,
  request: EventPropertiesRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof EventPropertiesResponseSchema>> {
  const { common, ...more } = readQuestion(request.question)
  const parameters = {
    ...common,
    event_type: checkEventName('event_type', request.eventType),
    event_name: checkEventName('event_name', request.eventName),
    value_limit: checkCount('values', request.values, { usual: 10, most: 100 }),
    row_limit: checkLimit(request.limit),
    row_offset: checkOffset(request.offset),
  }
  const { rows, meta } = await answer(reading, { metric: 'event_properties', caller, parameters, ...more })
  const total = rows.at(-1)!
  return {
    rows: rows.slice(0, -1).map((row) => ({
      key: textOf(row, 'key'),
      events: numberOf(row, 'events'),
      share: share(row.events, total.events),
      strings: numberOf(row, 'strings'),
      numbers: numberOf(row, 'numbers'),
      booleans: numberOf(row, 'booleans'),
      objects: numberOf(row, 'objects'),
      arrays: numberOf(row, 'arrays'),
      nulls: numberOf(row, 'nulls'),
      distinctValues: numberOf(row, 'distinct_values'),
      values: (JSON.parse(textOf(row, 'top_values')) as [string, number][]).map(([value, events]) => ({
        value,
        events,
      })),
    })),
    events: numberOf(total, 'events'),
    keys: numberOf(total, 'keys'),
    meta,
  }
}
