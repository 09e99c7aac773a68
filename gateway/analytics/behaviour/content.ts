import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  ContentOrder,
  type ContentRequest,
  type ContentResponseSchema,
  type ContentRowSchema,
  type PageSeriesRequest,
  type PageSeriesResponseSchema,
} from '../../../proto/gen/userflow/v1/content_pb.ts'
import { invalid } from '../../errors.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { numberOf, textOf } from '../columns.ts'
import { checkLimit, checkOffset } from '../parameters.ts'
import { areOfSessions, areOfViews, areOfWays } from '../question/of-sessions.ts'
import { type CheckedQuestion, readQuestion } from '../question/read-question.ts'
import type { Row } from '../run-statement.ts'
import { checkPage } from './check-page.ts'
import { askByInterval, intervalOf } from './intervals.ts'
import { measured, share } from './shares.ts'

const orders = new Map<number, string>([
  [ContentOrder.UNSPECIFIED, 'views'],
  [ContentOrder.VIEWS, 'views'],
  [ContentOrder.VISITORS, 'visitors'],
  [ContentOrder.SESSIONS, 'sessions'],
  [ContentOrder.ENTRIES, 'entries'],
  [ContentOrder.EXITS, 'exits'],
  [ContentOrder.TIME, 'time'],
])

/** How is each page read? */
export async function content(
  reading: Reading,
  request: ContentRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ContentResponseSchema>> {
  const { common, ...more } = readQuestion(request.question)
  const order_by = orders.get(request.order)
  if (!order_by) throw invalid('order', 'must be one of the orders')
  const page = { row_limit: checkLimit(request.limit), row_offset: checkOffset(request.offset) }
  const parameters = { ...common, order_by, ...page }
  const ofViews = areOfViews(more.filters) && areOfSessions(more.filters)
  const filtered = ofViews ? 'content_of_views' : 'content_from_events'
  const metric = more.filters.length > 0 ? filtered : 'content'
  const { rows, meta } = await answer(reading, { metric, caller, parameters, ...more })
  const total = rows.at(-1)!
  const of = (row: Row) => pageOf(row, total)
  return { rows: rows.slice(0, -1).map(of), total: of(total), pages: numberOf(total, 'pages'), meta }
}

/** How did one page do, interval by interval? */
export async function pageSeries(
  reading: Reading,
  request: PageSeriesRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof PageSeriesResponseSchema>> {
  const asked = { ...request, parameters: { page: checkPage(request.page) } }
  const metricOf = ({ filters }: CheckedQuestion) => (areOfWays(filters) ? 'page_series' : 'page_series_from_events')
  const { rows, meta, timeZone } = await askByInterval(reading, asked, { metricOf, caller })
  return {
    rows: rows.map((row) => ({
      ...intervalOf(row, meta),
      views: numberOf(row, 'views'),
      visitors: numberOf(row, 'visitors'),
      sessions: numberOf(row, 'sessions'),
      entries: numberOf(row, 'entries'),
      exits: numberOf(row, 'exits'),
      ...bounceRateOf(row),
      ...measured(row, { timeOnPageSeconds: 'time_on_page_seconds' }),
    })),
    timeZone,
    meta,
  }
}

const bounceRateOf = (row: Row): { bounceRate?: number } =>
  numberOf(row, 'entries') === 0 ? {} : { bounceRate: share(row.bounces, row.entries) }

function pageOf(row: Row, total: Row): MessageInitShape<typeof ContentRowSchema> {
  return {
    page: textOf(row, 'page'),
    views: numberOf(row, 'views'),
    visitors: numberOf(row, 'visitors'),
    sessions: numberOf(row, 'sessions'),
    entries: numberOf(row, 'entries'),
    entryShare: share(row.entries, total.entries),
    exits: numberOf(row, 'exits'),
    exitShare: share(row.exits, total.exits),
    ...bounceRateOf(row),
    ...measured(row, { timeOnPageSeconds: 'time_on_page_seconds' }),
    ...(row.median_depth === null ? {} : { scroll: depthOf(row, total) }),
  }
}

/** Of all pages together a session counts once for each of them, as `reads` of the last row says. */
function depthOf(row: Row, total: Row) {
  const sessions = row === total ? row.reads : row.sessions
  return {
    sessions: numberOf(row, 'scrolled'),
    medianPercent: numberOf(row, 'median_depth'),
    reached25: share(row.reached_25, sessions),
    reached50: share(row.reached_50, sessions),
    reached75: share(row.reached_75, sessions),
    reached100: share(row.reached_100, sessions),
  }
}
