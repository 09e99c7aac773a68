import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  BreakdownOrder,
  type BreakdownRequest,
  type BreakdownResponseSchema,
  type BreakdownRowSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { keptBySessions, summedByDay } from '../../sql/dimensions.ts'
import type { Grouping } from '../../sql/filters.ts'
import { invalid } from '../errors.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf, textOf } from './columns.ts'
import { checkLimit, checkOffset } from './parameters.ts'
import { checkDimension } from './question/check-filters.ts'
import { areOfSessions, areOfViews } from './question/of-sessions.ts'
import { readQuestion } from './question/read-question.ts'
import type { Row } from './run-statement.ts'

const orders = new Map<number, string>([
  [BreakdownOrder.UNSPECIFIED, 'visitors'],
  [BreakdownOrder.VISITORS, 'visitors'],
  [BreakdownOrder.SESSIONS, 'sessions'],
  [BreakdownOrder.EVENTS, 'events'],
])

/** Metrics that read sums of one dimension, and so take its name. */
const summed: ReadonlySet<string> = new Set(['breakdown_of_days', 'breakdown_of_end_pages', 'breakdown_of_event_days'])

/** How is traffic spread over the values of a dimension? */
export async function breakdown(
  reading: Reading,
  request: BreakdownRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof BreakdownResponseSchema>> {
  const { common, filters, explain } = readQuestion(request.question)
  const groupBy = checkDimension('', request)
  const order_by = orders.get(request.order)
  if (!order_by) throw invalid('order', 'must be one of the orders')
  const page = { row_limit: checkLimit(request.limit), row_offset: checkOffset(request.offset) }
  const metric = metricOf(groupBy, filters)
  const dimension = summed.has(metric) ? { dimension: groupBy.dimension } : {}
  const parameters = { ...common, order_by, ...page, ...dimension }
  const { rows, meta } = await answer(reading, {
    metric,
    caller,
    parameters,
    filters,
    explain,
    ...(groupBy.dimension === 'page' ? {} : { groupBy }),
  })
  const [total] = rows.slice(-1)
  return { rows: rows.slice(0, -1).map(rowOf), total: rowOf(total!), values: numberOf(total!, 'values'), meta }
}

/** Without filters from sums of days; with filters from narrow rows of views or sessions if they are on what a session has one value of. */
function metricOf({ dimension }: Grouping, filters: readonly object[]): string {
  const isFiltered = filters.length > 0
  const ofViews = areOfViews(filters) && areOfSessions(filters) ? 'pages_of_views' : 'pages_from_events'
  if (dimension === 'page') return isFiltered ? ofViews : 'pages'
  if (!keptBySessions.has(dimension)) {
    return !isFiltered && summedByDay.has(dimension) ? 'breakdown_of_event_days' : 'breakdown_of_events'
  }
  if (!isFiltered)
    return dimension === 'entry_page' || dimension === 'exit_page' ? 'breakdown_of_end_pages' : 'breakdown_of_days'
  return areOfSessions(filters) ? 'breakdown_of_sessions' : 'breakdown_of_raw_sessions'
}

function rowOf(row: Row): MessageInitShape<typeof BreakdownRowSchema> {
  const measured = (column: string): number | undefined => {
    const text = row[column]
    return text === undefined || text === null ? undefined : Number(text)
  }
  const optional = {
    bounceRate: measured('bounce_rate'),
    meanDurationSeconds: measured('mean_duration_seconds'),
    entries: measured('entries'),
    exits: measured('exits'),
    timeOnPageSeconds: measured('time_on_page_seconds'),
  }
  return {
    value: textOf(row, 'value'),
    visitors: numberOf(row, 'visitors'),
    sessions: numberOf(row, 'sessions'),
    events: numberOf(row, 'events'),
    pageViews: numberOf(row, 'page_views'),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}
