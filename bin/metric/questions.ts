import type { DescMethodUnary, MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { AnalyticsService, BreakdownOrder } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { ComparedWith, Dimension, Interval, type QuestionSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import { type Options, wholeNumber } from './options.ts'
import { readDimension, readFilter } from './read-filter.ts'

/** How one NAME is asked. */
export interface Asking {
  readonly method: DescMethodUnary
  readonly request: (options: Options, nowMs: number) => object
  /** The files of sql/metrics that answer it. */
  readonly metrics: readonly string[]
}

const dayMs = 86_400_000

function timeOf(option: string, written: string): ReturnType<typeof timestampFromMs> {
  const ms = Date.parse(written)
  if (Number.isNaN(ms)) throw new Error(`--${option}: "${written}" is not a time such as 2026-11-01T08:00:00Z`)
  return timestampFromMs(ms)
}

/** A value of an enum by its name in lower case. */
function oneOf<T>(option: string, written: string | undefined, known: Readonly<Record<string, T>>): T | undefined {
  if (written === undefined) return undefined
  if (Object.hasOwn(known, written)) return known[written]
  throw new Error(`--${option}: "${written}" is none of ${Object.keys(known).join(', ')}`)
}

function question(options: Options, nowMs: number): MessageInitShape<typeof QuestionSchema> {
  const to = options.to === undefined ? timestampFromMs(nowMs) : timeOf('to', options.to)
  const from =
    options.from === undefined ? timestampFromMs(Number(to.seconds) * 1e3 - 30 * dayMs) : timeOf('from', options.from)
  const compare = oneOf('compare', options.compare, {
    'previous-period': ComparedWith.PREVIOUS_PERIOD,
    'previous-year': ComparedWith.PREVIOUS_YEAR,
  })
  return {
    from,
    to,
    ...which(options),
    timeZone: options['time-zone'] ?? '',
    explain: options.explain,
    ...(compare === undefined ? {} : { compare: { with: compare } }),
  }
}

const which = (options: Options) => ({
  siteIds: options.site.map((id) => wholeNumber('site', id)),
  includeBots: options.bots,
  filters: options.filter.map(readFilter),
})

const rows = (options: Options) => ({ limit: wholeNumber('limit', options.limit) })

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

const intervals = { hour: Interval.HOUR, day: Interval.DAY, week: Interval.WEEK, month: Interval.MONTH }
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
    metrics: ['pages'],
  },
  breakdown: {
    method: method.breakdown,
    request: (options, nowMs) => breakdown(options, nowMs, readDimension(options.by ?? 'channel')),
    metrics: ['breakdown_of_sessions', 'breakdown_of_events'],
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
    metrics: ['activity'],
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
    metrics: ['user_statistics'],
  },
  retention: {
    method: method.retention,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      interval: oneOf('interval', options.interval, intervals) ?? Interval.WEEK,
      intervals: wholeNumber('limit', options.limit),
    }),
    metrics: ['retention', 'retention_from_events'],
  },
  churn: {
    method: method.churn,
    request: (options, nowMs) => ({ question: question(options, nowMs) }),
    metrics: ['churn', 'churn_from_events'],
  },
}
