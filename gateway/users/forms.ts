import type { MessageInitShape } from '@bufbuild/protobuf'
import type { FormRowSchema, FormsRequest, FormsResponseSchema } from '../../proto/gen/userflow/v1/users_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { numberOf, textOf } from '../analytics/columns.ts'
import { checkLimit, checkOffset } from '../analytics/parameters.ts'
import { areOfClicks } from '../analytics/question/of-clicks.ts'
import { readQuestion } from '../analytics/question/read-question.ts'
import type { Row } from '../analytics/run-statement.ts'

/** How many see a form, begin it and send it? */
export async function forms(
  reading: Reading,
  request: FormsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof FormsResponseSchema>> {
  const { common, filters, explain } = readQuestion(request.question)
  const page = { row_limit: checkLimit(request.limit), row_offset: checkOffset(request.offset) }
  const parameters = { ...common, ...page }
  const metric = areOfClicks(filters) ? 'forms' : 'forms_from_events'
  const { rows, meta } = await answer(reading, { metric, caller, parameters, filters, explain })
  return { rows: rows.slice(0, -1).map(rowOf), total: numberOf(rows.at(-1)!, 'submits'), meta }
}

const rowOf = (row: Row): MessageInitShape<typeof FormRowSchema> => ({
  page: textOf(row, 'page'),
  form: textOf(row, 'form'),
  views: numberOf(row, 'views'),
  starts: numberOf(row, 'starts'),
  submits: numberOf(row, 'submits'),
  viewers: numberOf(row, 'viewers'),
  starters: numberOf(row, 'starters'),
  submitters: numberOf(row, 'submitters'),
  ...(row.median_seconds ? { medianSeconds: numberOf(row, 'median_seconds') } : {}),
})
