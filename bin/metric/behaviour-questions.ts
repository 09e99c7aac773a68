import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { ContentOrder } from '../../proto/gen/userflow/v1/content_pb.ts'
import { JourneyStepKind } from '../../proto/gen/userflow/v1/journeys_pb.ts'
import { ClickedElementsOrder } from '../../proto/gen/userflow/v1/pointer_pb.ts'
import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import { PageSpeedOrder, SpeedMeasure } from '../../proto/gen/userflow/v1/speed_pb.ts'
import { type Options, wholeNumber } from './options.ts'
import { readDimension } from './read-filter.ts'
import { type Asking, intervals, oneOf, question, rows } from './request.ts'

const { method } = AnalyticsService
const measures = {
  lcp: SpeedMeasure.LCP,
  inp: SpeedMeasure.INP,
  cls: SpeedMeasure.CLS,
  fcp: SpeedMeasure.FCP,
  ttfb: SpeedMeasure.TTFB,
  load: SpeedMeasure.LOAD,
}

/** Reads `/pricing`, `page /pricing` or `event signup`. */
function stepOf(written: string) {
  const [, kind = 'page', value = ''] = /^(?:(page|event) )?(.*)$/s.exec(written) ?? []
  return { kind: kind === 'event' ? JourneyStepKind.EVENT : JourneyStepKind.PAGE, value }
}

const paged = (options: Options) => ({ ...rows(options), offset: wholeNumber('offset', options.offset) })

/** What is common to the questions about journeys. */
const ways = (options: Options, nowMs: number) => ({
  question: question(options, nowMs),
  steps: wholeNumber('steps', options.steps),
  withEvents: options['with-events'],
  ...(options.step === undefined ? {} : { start: stepOf(options.step) }),
})

/** What is common to the questions about one measure of speed. */
const speed = (options: Options, nowMs: number) => ({
  question: question(options, nowMs),
  measure: oneOf('measure', options.measure, measures) ?? SpeedMeasure.LCP,
})

const byInterval = (options: Options) => ({
  interval: oneOf('interval', options.interval, intervals) ?? Interval.DAY,
})

/** Every NAME about ways, pages, clicks and speed. */
export const behaviourQuestions: Readonly<Record<string, Asking>> = {
  journeys: {
    method: method.journeys,
    request: (options, nowMs) => ({ ...ways(options, nowMs), stepsPerPlace: wholeNumber('limit', options.limit) }),
    metrics: ['journeys', 'journeys_from_events'],
  },
  top_paths: {
    method: method.topPaths,
    request: (options, nowMs) => ({ ...ways(options, nowMs), ...paged(options) }),
    metrics: ['top_paths', 'top_paths_from_events'],
  },
  steps_around: {
    method: method.stepsAround,
    request: (options, nowMs) => {
      const { steps: _, start = stepOf('/'), ...asked } = ways(options, nowMs)
      return { ...asked, step: start, ...rows(options) }
    },
    metrics: ['steps_around', 'steps_around_from_events'],
  },
  content: {
    method: method.content,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      ...paged(options),
      order:
        oneOf('order', options.order, {
          views: ContentOrder.VIEWS,
          visitors: ContentOrder.VISITORS,
          sessions: ContentOrder.SESSIONS,
          entries: ContentOrder.ENTRIES,
          exits: ContentOrder.EXITS,
          time: ContentOrder.TIME,
        }) ?? ContentOrder.VIEWS,
    }),
    metrics: ['content', 'content_of_views', 'content_from_events'],
  },
  page_series: {
    method: method.pageSeries,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      page: options.page ?? '/',
      ...byInterval(options),
    }),
    metrics: ['page_series', 'page_series_from_events'],
  },
  event_properties: {
    method: method.eventProperties,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      eventName: options.event ?? '',
      ...paged(options),
    }),
    metrics: ['event_properties'],
  },
  heat_map: {
    method: method.heatMap,
    request: (options, nowMs) => ({ question: question(options, nowMs), page: options.page ?? '/', ...rows(options) }),
    metrics: ['heat_map', 'heat_map_from_events'],
  },
  clicked_elements: {
    method: method.clickedElements,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      ...paged(options),
      order:
        oneOf('order', options.order, {
          clicks: ClickedElementsOrder.CLICKS,
          rages: ClickedElementsOrder.RAGES,
          dead: ClickedElementsOrder.DEAD,
        }) ?? ClickedElementsOrder.CLICKS,
    }),
    metrics: ['clicked_elements', 'clicked_elements_of_clicks', 'clicked_elements_from_events'],
  },
  page_speed: {
    method: method.pageSpeed,
    request: (options, nowMs) => ({ question: question(options, nowMs) }),
    metrics: ['page_speed', 'page_speed_of_views', 'page_speed_from_events'],
  },
  page_speed_breakdown: {
    method: method.pageSpeedBreakdown,
    request: (options, nowMs) => ({
      ...speed(options, nowMs),
      ...readDimension(options.by ?? 'page'),
      ...paged(options),
      order:
        oneOf('order', options.order, { samples: PageSpeedOrder.SAMPLES, p75: PageSpeedOrder.P75 }) ??
        PageSpeedOrder.SAMPLES,
    }),
    metrics: ['page_speed_breakdown', 'page_speed_breakdown_from_events'],
  },
  page_speed_series: {
    method: method.pageSpeedSeries,
    request: (options, nowMs) => ({ ...speed(options, nowMs), ...byInterval(options) }),
    metrics: ['page_speed_series', 'page_speed_series_from_events'],
  },
}
