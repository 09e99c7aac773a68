import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  ComparedOverviewSchema,
  OverviewRequest,
  OverviewResponseSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf } from './columns.ts'
import { comparedPeriod } from './question/compared-period.ts'
import { areOfSessions } from './question/of-sessions.ts'
import { type CheckedQuestion, type Common, readQuestion } from './question/read-question.ts'
import { findZone } from './question/zone.ts'
import type { Row } from './run-statement.ts'
import { fromIso } from './time.ts'

/**
 * How much traffic was there? Without filters from rollups; with filters from whole sessions, if they are all on what a session
 * has one value of, else from events.
 */
export async function overview(
  reading: Reading,
  request: OverviewRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof OverviewResponseSchema>> {
  const question = readQuestion(request)
  // Side by side: neither needs the other, and each keeps one core of Postgres busy.
  const [{ rows, meta }, compared] = await Promise.all([
    ask(reading, { question, caller, common: question.common }),
    question.compare && compare(reading, question, caller),
  ])
  return { ...totalsOf(rows[0]!), ...(compared ? { compared } : {}), meta }
}

async function compare(
  reading: Reading,
  question: CheckedQuestion,
  caller: Caller,
): Promise<MessageInitShape<typeof ComparedOverviewSchema> | undefined> {
  const asked = { timeZone: question.timeZone, siteIds: question.common.site_ids }
  const zone = question.timeZone || (await findZone(reading, caller, asked)).name
  const common = await comparedPeriod(reading, question, zone)
  if (!common) return undefined
  const { rows, meta } = await ask(reading, { question, caller, common })
  return { ...totalsOf(rows[0]!), from: fromIso(common.from_time), to: fromIso(common.to_time), meta }
}

function ask(reading: Reading, asked: { question: CheckedQuestion; caller: Caller; common: Common }) {
  const { question, caller, common } = asked
  const { filters, explain } = question
  const filtered = areOfSessions(filters) ? 'overview_of_sessions' : 'overview_from_events'
  const metric = filters.length === 0 ? 'overview' : filtered
  return answer(reading, { metric, caller, parameters: { ...common }, filters, explain })
}

const totalsOf = (totals: Row) => ({
  visitors: numberOf(totals, 'visitors'),
  sessions: numberOf(totals, 'sessions'),
  pageViews: numberOf(totals, 'page_views'),
  events: numberOf(totals, 'events'),
  pagesPerSession: numberOf(totals, 'pages_per_session'),
  bounceRate: numberOf(totals, 'bounce_rate'),
  medianDurationSeconds: numberOf(totals, 'median_duration_seconds'),
  meanDurationSeconds: numberOf(totals, 'mean_duration_seconds'),
})
