import type { MessageInitShape } from '@bufbuild/protobuf'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import {
  type FunnelDefinitionSchema,
  FunnelOrder,
  FunnelPerson,
  type FunnelStepSchema,
} from '../../proto/gen/userflow/v1/funnels_pb.ts'
import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import { type Options, wholeNumber } from './options.ts'
import { readDimension, readFilter } from './read-filter.ts'
import { type Asking, intervals, oneOf, question, rows } from './request.ts'

const { method } = AnalyticsService
const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }
const usualSteps = ['event_type is custom && event_name is signup', 'any']

/** Reads `event_name is signup && country is DE`, `any` or `any @1`: on the next day. @throws Error saying what is wrong. */
export function readStep(text: string): MessageInitShape<typeof FunnelStepSchema> {
  const [, conditions = '', day] = /^(.*?)(?:\s*@(\d{1,3}))?\s*$/s.exec(text) ?? []
  const onDay = day === undefined ? {} : { onDay: Number(day) }
  if (conditions.trim() === 'any') return { name: text, anyEvent: true, ...onDay }
  return { name: text.slice(0, 200), filters: conditions.split('&&').map(readFilter), ...onDay }
}

/** Reads `30m`, `7d` or `90` seconds. @throws Error saying what is wrong. */
export function readSeconds(option: string, text: string | undefined): number {
  if (text === undefined) return 0
  const [, count, unit = 's'] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? []
  if (count === undefined) throw new Error(`--${option}: "${text}" is not a time such as 30m, 12h or 7d`)
  return Number(count) * unitSeconds[unit || 's']!
}

const person = (options: Options): FunnelPerson =>
  oneOf('person', options.person, {
    visitor: FunnelPerson.VISITOR,
    user: FunnelPerson.USER,
    session: FunnelPerson.SESSION,
  }) ?? FunnelPerson.VISITOR

function funnel(options: Options): MessageInitShape<typeof FunnelDefinitionSchema> {
  const by = options.by === undefined ? undefined : readDimension(options.by)
  return {
    steps: (options.through.length > 0 ? options.through : usualSteps).map(readStep),
    person: person(options),
    order: oneOf('order', options.order, { loose: FunnelOrder.LOOSE, strict: FunnelOrder.STRICT }) ?? FunnelOrder.LOOSE,
    windowSeconds: readSeconds('window', options.window),
    ...(by && { groupBy: by.dimension, groupProperty: by.property }),
  }
}

function experiment(options: Options, nowMs: number) {
  const [goal = 'event_type is custom && event_name is purchase'] = options.through
  return {
    question: question(options, nowMs),
    experiment: options.experiment ?? 'checkout',
    goal: goal.split('&&').map(readFilter),
    windowSeconds: readSeconds('window', options.window),
    person: person(options),
    valueProperty: options.value ?? '',
  }
}

const asked = (options: Options, nowMs: number) => ({ question: question(options, nowMs), funnel: funnel(options) })
const group = (options: Options) => (options.group === undefined ? {} : { group: options.group })

/** How questions about funnels and experiments are asked. */
export const funnelQuestions: Readonly<Record<string, Asking>> = {
  funnel: {
    method: method.funnel,
    request: (options, nowMs) => ({
      ...asked(options, nowMs),
      ...rows(options),
      offset: wholeNumber('offset', options.offset),
    }),
    metrics: ['funnel'],
  },
  funnel_trend: {
    method: method.funnelTrend,
    request: (options, nowMs) => ({
      ...asked(options, nowMs),
      ...group(options),
      interval: oneOf('interval', options.interval, intervals) ?? Interval.DAY,
    }),
    metrics: ['funnel_trend'],
  },
  funnel_members: {
    method: method.listFunnelMembers,
    request: (options, nowMs) => ({
      ...asked(options, nowMs),
      ...group(options),
      ...rows(options),
      step: wholeNumber('at', options.at),
      dropped: options.dropped,
      after: options.after ?? '',
    }),
    metrics: ['funnel_members'],
  },
  experiment: {
    method: method.experiment,
    request: experiment,
    metrics: ['experiment'],
  },
  experiments: {
    method: method.listExperiments,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      ...rows(options),
      offset: wholeNumber('offset', options.offset),
    }),
    metrics: ['experiments', 'experiments_from_events'],
  },
}
