import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  FunnelRequest,
  FunnelResponseSchema,
  FunnelStepRowSchema,
} from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { numberOf, textOf } from '../columns.ts'
import { checkLimit, checkOffset } from '../parameters.ts'
import { comparedPeriod } from '../question/compared-period.ts'
import type { Common } from '../question/read-question.ts'
import type { Row } from '../run-statement.ts'
import { readFunnel } from './read-funnel.ts'

/** How far do people get on a way of steps? */
export async function funnel(
  reading: Reading,
  request: FunnelRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof FunnelResponseSchema>> {
  const checked = await readFunnel(reading, caller, request)
  const { question, places } = checked
  const page = { row_limit: checkLimit(request.limit), row_offset: checkOffset(request.offset) }
  const { explain } = question
  const ask = (common: Common) =>
    answer(reading, {
      metric: `funnel${checked.source}`,
      caller,
      parameters: { ...common, ...checked.funnel, ...page },
      ...places,
      explain,
    })
  const { rows, meta } = await ask(question.common)
  const comparedCommon = await comparedPeriod(reading, question, checked.funnel.time_zone)
  const compared = comparedCommon && (await ask(comparedCommon))
  const count = checked.funnel.step_names.length
  const total = rows.slice(-count)
  return {
    steps: stepsOf(total),
    groups: places.groupBy ? groupsOf(rows.slice(0, -count), count) : [],
    values: places.groupBy ? numberOf(total[0]!, 'values') : 0,
    meta,
    ...(compared ? { compared: stepsOf(compared.rows.slice(-count)), comparedMeta: compared.meta } : {}),
  }
}

function groupsOf(rows: readonly Row[], count: number) {
  return Array.from({ length: rows.length / count }, (_, place) => {
    const group = rows.slice(place * count, (place + 1) * count)
    return { value: textOf(group[0]!, 'group_value'), steps: stepsOf(group) }
  })
}

const share = (part: number, of: number): number => (of === 0 ? 0 : part / of)

function stepsOf(rows: readonly Row[]): MessageInitShape<typeof FunnelStepRowSchema>[] {
  const persons = rows.map((row) => numberOf(row, 'persons'))
  return rows.map((row, index) => ({
    step: numberOf(row, 'step'),
    name: textOf(row, 'name'),
    persons: persons[index]!,
    shareOfFirst: share(persons[index]!, persons[0]!),
    shareOfPrevious: share(persons[index]!, persons[Math.max(0, index - 1)]!),
    medianSeconds: numberOf(row, 'median_seconds'),
    p90Seconds: numberOf(row, 'p90_seconds'),
    medianSecondsFromFirst: numberOf(row, 'median_seconds_from_first'),
  }))
}
