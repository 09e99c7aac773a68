import type { MessageInitShape } from '@bufbuild/protobuf'
import type { FunnelTrendRequest, FunnelTrendResponseSchema } from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { textOf, timeOf } from '../columns.ts'
import { checkLength, checkUnit } from '../question/interval.ts'
import { isAfter, type TimestampFields } from '../time.ts'
import { checkGroup, readFunnel } from './read-funnel.ts'

/** How do the people who enter a funnel get on, interval by interval? */
export async function funnelTrend(
  reading: Reading,
  request: FunnelTrendRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof FunnelTrendResponseSchema>> {
  const unit = checkUnit(request.interval)
  const checked = await readFunnel(reading, caller, request)
  const common = checkLength(checked.question.common, unit)
  const parameters = { ...common, ...checked.funnel, group_value: checkGroup(checked, request.group), unit }
  const { explain } = checked.question
  const { rows, meta } = await answer(reading, {
    metric: `funnel_trend${checked.source}`,
    caller,
    parameters,
    ...checked.places,
    explain,
  })
  const completeTo = meta.completeTo as TimestampFields | undefined
  return {
    rows: rows.map((row) => {
      const reached = JSON.parse(textOf(row, 'reached')) as number[]
      const [from, to] = [timeOf(row, 'from_time')!, timeOf(row, 'to_time')!]
      const over = { ...to, seconds: to.seconds + BigInt(checked.funnel.window_seconds) }
      const incomplete = completeTo === undefined || isAfter(over, completeTo)
      return { from, to, entered: reached[0]!, converted: reached.at(-1)!, reached, incomplete }
    }),
    timeZone: checked.funnel.time_zone,
    meta,
  }
}
