import { AnalyticsService, BreakdownOrder } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension, Interval, People } from '../../proto/gen/userflow/v1/question_pb.ts'
import { behaviourQuestions } from './behaviour-questions.ts'
import { funnelQuestions } from './funnel-questions.ts'
import { type Options, wholeNumber } from './options.ts'
import { peopleQuestions } from './people-questions.ts'
import { readDimension, readFilter } from './read-filter.ts'
import { type Asking, intervals, oneOf, peopleOf, question, rows, which } from './request.ts'

const breakdown = (options: Options, nowMs: number, by: { dimension: Dimension; property: string }) => ({
  question: question(options, nowMs),
  ...by,
  ...rows(options),
  offset: wholeNumber('offset', options.offset),
  order:
    oneOf('order', options.order, {
      visitors: BreakdownOrder.VISITORS,
      sessions: BreakdownOrder.SESSIONS,
      events: BreakdownOrder.EVENTS,
    }) ?? BreakdownOrder.VISITORS,
})

const { method } = AnalyticsService

/** Every NAME that can be asked. */
export const questions: Readonly<Record<string, Asking>> = {
  overview: {
    method: method.overview,
    request: question,
    metrics: ['overview', 'overview_from_events'],
  },
  time_series: {
    method: method.timeSeries,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      interval: oneOf('interval', options.interval, intervals) ?? Interval.DAY,
    }),
    metrics: ['time_series', 'time_series_from_events'],
  },
  pages: {
    method: method.breakdown,
    request: (options, nowMs) => breakdown(options, nowMs, { dimension: Dimension.PAGE, property: '' }),
    metrics: ['pages', 'pages_of_views', 'pages_from_events'],
  },
  breakdown: {
    method: method.breakdown,
    request: (options, nowMs) => breakdown(options, nowMs, readDimension(options.by ?? 'channel')),
    metrics: [
      'breakdown_of_days',
      'breakdown_of_end_pages',
      'breakdown_of_sessions',
      'breakdown_of_raw_sessions',
      'breakdown_of_event_days',
      'breakdown_of_events',
    ],
  },
  event_breakdown: {
    method: method.eventBreakdown,
    request: ({ filter, ...options }, nowMs) => {
      if (filter.length > 0) throw new Error('event_breakdown takes no filters: ask breakdown --by event_name')
      return question({ ...options, filter }, nowMs)
    },
    metrics: ['event_breakdown'],
  },
  live: {
    method: method.live,
    request: (options) => ({ ...which(options), ...rows(options), explain: options.explain }),
    metrics: ['live'],
  },
  recent_events: {
    method: method.recentEvents,
    request: (options) => ({ siteIds: which(options).siteIds, includeBots: options.bots, ...rows(options) }),
    metrics: ['recent_events'],
  },
  activity: {
    method: method.activity,
    request: (options, nowMs) => ({ question: question(options, nowMs) }),
    metrics: ['activity', 'activity_from_events'],
  },
  sessions: {
    method: method.listSessions,
    request: (options, nowMs) => ({ question: question(options, nowMs), ...rows(options), after: options.after ?? '' }),
    metrics: ['sessions'],
  },
  session_events: {
    method: method.listSessionEvents,
    request: (options) => ({ sessionId: options.session ?? '', ...rows(options), after: options.after ?? '' }),
    metrics: ['session_events'],
  },
  user_statistics: {
    method: method.userStatistics,
    request: (options, nowMs) => ({ question: question(options, nowMs), signupEvent: options.event ?? '' }),
    metrics: ['user_statistics', 'user_statistics_of_ways', 'user_statistics_from_events'],
  },
  retention: {
    method: method.retention,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      interval: oneOf('interval', options.interval, intervals) ?? Interval.WEEK,
      intervals: wholeNumber('limit', options.limit),
      people: peopleOf(options) ?? People.UNSPECIFIED,
      firstEvent: options.first.map(readFilter),
      returnEvent: options.return.map(readFilter),
    }),
    metrics: ['retention', 'retention_of_days', 'retention_from_events'],
  },
  ...funnelQuestions,
  churn: {
    method: method.churn,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      people: peopleOf(options) ?? People.UNSPECIFIED,
    }),
    metrics: ['churn', 'churn_of_days', 'churn_from_events'],
  },
  ...peopleQuestions,
  ...behaviourQuestions,
}
