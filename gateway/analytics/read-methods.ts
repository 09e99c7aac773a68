import type { MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2'
import type { EventLog } from '../../eventlog/eventlog.ts'
import type { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import type { PipelineService } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { Counter, Histogram, type Registry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { loadStatement } from '../../sql/statement.ts'
import type { AnswerCache } from '../answer-cache/answer-cache.ts'
import { balance } from '../pipeline/balance.ts'
import { listDeadLetterGroups } from '../pipeline/dead-letter-groups.ts'
import { listDeadLetters } from '../pipeline/dead-letters.ts'
import { findEvent } from '../pipeline/find-event.ts'
import { type Replaying, replayDeadLetters } from '../pipeline/replay.ts'
import type { KnownSchemas } from '../schemas/known-schemas.ts'
import { createTurns } from '../turns.ts'
import { activity } from './activity.ts'
import type { Caller, Reading } from './answer.ts'
import { content, pageSeries } from './behaviour/content.ts'
import { eventProperties } from './behaviour/event-properties.ts'
import { journeys, stepsAround, topPaths } from './behaviour/journeys.ts'
import { pageSpeed, pageSpeedBreakdown, pageSpeedSeries } from './behaviour/page-speed.ts'
import { clickedElements, heatMap } from './behaviour/pointer.ts'
import { breakdown } from './breakdown.ts'
import { churn } from './churn.ts'
import { eventBreakdown } from './event-breakdown.ts'
import { experiment } from './experiments/experiment.ts'
import { listExperiments } from './experiments/list-experiments.ts'
import { funnel } from './funnels/funnel.ts'
import { listFunnelMembers } from './funnels/funnel-members.ts'
import { funnelTrend } from './funnels/funnel-trend.ts'
import { live } from './live.ts'
import { createLiveWatch, type LiveWatch } from './live-watch.ts'
import { overview } from './overview.ts'
import { createProgress } from './progress.ts'
import { recentEvents } from './recent-events.ts'
import { retention } from './retention.ts'
import { listSessionEvents, listSessions } from './sessions.ts'
import { timeSeries } from './time-series.ts'
import { userStatistics } from './user-statistics.ts'

/** One function for each unary RPC of a service: the request and who asks, to the response's fields. Throws RequestError. */
export type ReadMethods<Service, Asking = Caller> =
  Service extends GenService<infer Methods extends GenServiceMethods>
    ? {
        readonly [Name in keyof Methods as Methods[Name]['methodKind'] extends 'unary' ? Name : never]: (
          request: MessageShape<Methods[Name]['input']>,
          caller: Asking,
        ) => Promise<MessageInitShape<Methods[Name]['output']>>
      }
    : never

/** Everything that can be read. */
export interface AllReadMethods {
  readonly analytics: ReadMethods<typeof AnalyticsService>
  readonly streams: { readonly streamLive: LiveWatch }
  readonly pipeline: ReadMethods<typeof PipelineService>
  /** For services whose methods stand elsewhere. */
  readonly reading: Reading
}

const metrics = [
  'overview',
  'overview_from_events',
  'overview_of_sessions',
  'time_series',
  'time_series_from_events',
  'time_series_of_sessions',
  'pages',
  'pages_from_events',
  'pages_of_views',
  'breakdown_of_days',
  'breakdown_of_end_pages',
  'breakdown_of_sessions',
  'breakdown_of_raw_sessions',
  'breakdown_of_event_days',
  'breakdown_of_events',
  'live',
  'activity',
  'sessions',
  'session_events',
  'user_statistics',
  'user_statistics_of_ways',
  'user_statistics_from_events',
  'retention',
  'retention_of_days',
  'retention_from_events',
  'churn',
  'churn_of_days',
  'churn_from_events',
  'funnel',
  'funnel_trend',
  'funnel_members',
  'experiment',
  'experiments',
  'journeys',
  'journeys_from_events',
  'top_paths',
  'top_paths_from_events',
  'steps_around',
  'steps_around_from_events',
  'content',
  'content_from_events',
  'content_of_views',
  'page_series',
  'page_series_from_events',
  'event_properties',
  'heat_map',
  'clicked_elements',
  'page_speed',
  'page_speed_from_events',
  'page_speed_of_views',
  'page_speed_breakdown',
  'page_speed_breakdown_from_events',
  'page_speed_series',
  'page_speed_series_from_events',
  'event_breakdown',
  'recent_events',
  'balance',
  'find_event',
  'last_dead_letter',
  'dead_letters',
  'dead_letter_groups',
  'dead_letters_to_replay',
]

/** Of the connections to Postgres that all companies share, one company keeps at most so many busy with questions. */
const questionsAtOnce = 4
/** A page of a console asks some twenty; what waits longer than its caller is patient is answered to nobody. */
const mostQuestionsWaiting = 40

/** What the read side is given; `cache` absent: every question goes to Postgres. */
interface ReadDeps {
  readonly db: Database
  readonly log: EventLog
  readonly registry: Registry
  readonly schemas?: Pick<KnownSchemas, 'of'>
  readonly cache?: AnswerCache
}

/** The read side of the gateway. Loads every metric's file at once, so that a broken one stops the start and not a reader. */
export function createReadMethods(deps: ReadDeps): AllReadMethods {
  for (const metric of metrics) loadStatement(metric)
  const looking = createReading(deps)
  // Dead letters and the balance change without an event of the company being stored, and are looked up afresh.
  const reading: Reading = deps.cache ? { ...looking, cache: deps.cache } : looking
  return {
    reading,
    streams: { streamLive: createLiveWatch(reading) },
    analytics: {
      overview: (request, caller) => overview(reading, request, caller),
      eventBreakdown: (request, caller) => eventBreakdown(reading, request, caller),
      recentEvents: (request, caller) => recentEvents(reading, request, caller),
      timeSeries: (request, caller) => timeSeries(reading, request, caller),
      breakdown: (request, caller) => breakdown(reading, request, caller),
      live: (request, caller) => live(reading, request, caller),
      activity: (request, caller) => activity(reading, request, caller),
      listSessions: (request, caller) => listSessions(reading, request, caller),
      listSessionEvents: (request, caller) => listSessionEvents(reading, request, caller),
      userStatistics: (request, caller) => userStatistics(reading, request, caller),
      retention: (request, caller) => retention(reading, request, caller),
      churn: (request, caller) => churn(reading, request, caller),
      funnel: (request, caller) => funnel(reading, request, caller),
      funnelTrend: (request, caller) => funnelTrend(reading, request, caller),
      listFunnelMembers: (request, caller) => listFunnelMembers(reading, request, caller),
      experiment: (request, caller) => experiment(reading, request, caller),
      listExperiments: (request, caller) => listExperiments(reading, request, caller),
      journeys: (request, caller) => journeys(reading, request, caller),
      topPaths: (request, caller) => topPaths(reading, request, caller),
      stepsAround: (request, caller) => stepsAround(reading, request, caller),
      content: (request, caller) => content(reading, request, caller),
      pageSeries: (request, caller) => pageSeries(reading, request, caller),
      eventProperties: (request, caller) => eventProperties(reading, request, caller),
      heatMap: (request, caller) => heatMap(reading, request, caller),
      clickedElements: (request, caller) => clickedElements(reading, request, caller),
      pageSpeed: (request, caller) => pageSpeed(reading, request, caller),
      pageSpeedBreakdown: (request, caller) => pageSpeedBreakdown(reading, request, caller),
      pageSpeedSeries: (request, caller) => pageSpeedSeries(reading, request, caller),
    },
    pipeline: {
      balance: (request, caller) => balance(looking, request, caller),
      findEvent: (request, caller) => findEvent(looking, request, caller),
      listDeadLetters: (request, caller) => listDeadLetters(looking, request, caller),
      listDeadLetterGroups: (request, caller) => listDeadLetterGroups(looking, request, caller),
      replayDeadLetters: (request, caller) => replayDeadLetters(looking, request, caller),
    },
  }
}

/** What all questions need, without a cache. */
function createReading(deps: ReadDeps): Replaying {
  const duration = new Histogram({
    name: 'userflow_answer_seconds',
    help: 'Time a metric took in Postgres.',
    labelNames: ['metric'],
    buckets: [0.005, 0.02, 0.1, 0.3, 1, 3, 10],
    registers: [deps.registry],
  })
  const replayed = new Counter({
    name: 'userflow_replayed_dead_letters_total',
    help: 'Dead letters judged again, by what became of them: accepted, rejected, not_replayable or retry.',
    labelNames: ['outcome'],
    registers: [deps.registry],
  })
  return {
    db: deps.db,
    log: deps.log,
    turns: createTurns({ atOnce: questionsAtOnce, mostWaiting: mostQuestionsWaiting }),
    ...(deps.schemas ? { schemas: deps.schemas } : {}),
    progress: createProgress(deps),
    observe: (metric, seconds) => duration.observe({ metric }, seconds),
    replayed: (outcome, letters) => replayed.inc({ outcome }, letters),
  }
}
