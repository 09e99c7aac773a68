import type { MessageInitShape } from '@bufbuild/protobuf'
import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import {
  type PageSpeedBreakdownRequest,
  type PageSpeedBreakdownResponseSchema,
  PageSpeedOrder,
  type PageSpeedRequest,
  type PageSpeedResponseSchema,
  type PageSpeedSeriesRequest,
  type PageSpeedSeriesResponseSchema,
  type SpeedFiguresSchema,
  SpeedMeasure,
} from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { keptBySeen } from '../../../sql/dimensions.ts'
import { invalid } from '../../errors.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { numberOf, textOf } from '../columns.ts'
import { checkLimit, checkOffset } from '../parameters.ts'
import { checkDimension } from '../question/check-filters.ts'
import { areOfViews } from '../question/of-sessions.ts'
import { type CheckedQuestion, readQuestion } from '../question/read-question.ts'
import type { Row } from '../run-statement.ts'
import { checkCount } from './check-count.ts'
import { askByInterval, intervalOf } from './intervals.ts'
import { measured, share } from './shares.ts'

const measures = new Map<number, string>([
  [SpeedMeasure.LCP, 'LCP'],
  [SpeedMeasure.INP, 'INP'],
  [SpeedMeasure.CLS, 'CLS'],
  [SpeedMeasure.FCP, 'FCP'],
  [SpeedMeasure.TTFB, 'TTFB'],
  [SpeedMeasure.LOAD, 'load'],
])
const byName = new Map([...measures].map(([measure, name]) => [name, measure as SpeedMeasure]))
const orders = new Map<number, string>([
  [PageSpeedOrder.UNSPECIFIED, 'samples'],
  [PageSpeedOrder.SAMPLES, 'samples'],
  [PageSpeedOrder.P75, 'p75'],
])
const mostLeastSamples = 1_000_000

/** How fast are pages for visitors? */
export async function pageSpeed(
  reading: Reading,
  request: PageSpeedRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof PageSpeedResponseSchema>> {
  const { common, ...more } = readQuestion(request.question)
  const filtered = areOfViews(more.filters) ? 'page_speed_of_views' : 'page_speed_from_events'
  const metric = more.filters.length > 0 ? filtered : 'page_speed'
  const { rows, meta } = await answer(reading, { metric, caller, parameters: { ...common }, ...more })
  return {
    rows: rows.map((row) => ({
      measure: byName.get(textOf(row, 'measure'))!,
      figures: figuresOf(row),
      ...measured(row, { goodTo: 'good_to', poorAbove: 'poor_above' }),
      bucketWidth: numberOf(row, 'bucket_width'),
      histogram: JSON.parse(textOf(row, 'histogram')) as number[],
    })),
    meta,
  }
}

/** For which pages, devices or countries is a measure of speed good or poor? */
export async function pageSpeedBreakdown(
  reading: Reading,
  request: PageSpeedBreakdownRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof PageSpeedBreakdownResponseSchema>> {
  const { common, ...more } = readQuestion(request.question)
  const order_by = orders.get(request.order)
  if (!order_by) throw invalid('order', 'must be one of the orders')
  const parameters = {
    ...common,
    measure: checkMeasure(request.measure),
    least_samples: checkCount('least_samples', request.leastSamples, { usual: 1, most: mostLeastSamples }),
    order_by,
    row_limit: checkLimit(request.limit),
    row_offset: checkOffset(request.offset),
  }
  const groupBy = checkDimension('', { ...request, dimension: request.dimension || Dimension.PAGE })
  if (groupBy.dimension === 'entry_page' || groupBy.dimension === 'exit_page') {
    throw invalid('dimension', 'must be one that an event has itself, such as page, device or country')
  }
  const bySeen = keptBySeen.has(groupBy.dimension) && areOfViews(more.filters)
  const metric = bySeen ? 'page_speed_breakdown' : 'page_speed_breakdown_from_events'
  const { rows, meta } = await answer(reading, { metric, caller, parameters, groupBy, ...more })
  const total = rows.at(-1)!
  return {
    rows: rows.slice(0, -1).map((row) => ({ value: textOf(row, 'value'), figures: figuresOf(row) })),
    total: figuresOf(total),
    values: numberOf(total, 'values'),
    meta,
  }
}

/** How did a measure of speed go, interval by interval? */
export async function pageSpeedSeries(
  reading: Reading,
  request: PageSpeedSeriesRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof PageSpeedSeriesResponseSchema>> {
  const asked = { ...request, parameters: { measure: checkMeasure(request.measure) } }
  const metricOf = ({ filters }: CheckedQuestion) =>
    areOfViews(filters) ? 'page_speed_series' : 'page_speed_series_from_events'
  const { rows, meta, timeZone } = await askByInterval(reading, asked, { metricOf, caller })
  return { rows: rows.map((row) => ({ ...intervalOf(row, meta), figures: figuresOf(row) })), timeZone, meta }
}

function checkMeasure(measure: number): string {
  const name = measures.get(measure)
  if (!name) throw invalid('measure', 'must be one of the measures')
  return name
}

function figuresOf(row: Row): MessageInitShape<typeof SpeedFiguresSchema> {
  const samples = numberOf(row, 'samples')
  const isJudged = samples > 0 && row.good !== null
  return {
    samples,
    ...measured(row, { p50: 'p50', p75: 'p75', p95: 'p95' }),
    ...(isJudged && {
      good: share(row.good, row.samples),
      needsImprovement: share(row.needs_improvement, row.samples),
      poor: share(row.poor, row.samples),
    }),
  }
}
