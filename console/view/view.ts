import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import { type Compare, readCompare, writeCompare } from './compare.ts'
import { daysBetween } from './dates.ts'
import { readFilter, type ViewFilter, writeFilter } from './filters.ts'
import { type Days, type Period, readPeriod, writePeriod } from './period.ts'
import { type Search, textOf, textsOf } from './search.ts'

/** What a person looks at; all of it stands in the address. */
export interface View {
  /** 0: all sites. */
  readonly siteId: number
  readonly period: Period
  readonly compare: Compare
  readonly filters: readonly ViewFilter[]
  /** Only what people of this saved set did; empty: everybody. */
  readonly segmentId: string
  /** Count bots too. */
  readonly bots: boolean
  /** Whose days are shown where sites lie in several time zones; empty: those of most sites. */
  readonly zone: string
  /** How time is cut; absent: as fits the period. */
  readonly interval?: IntervalName
}

export const intervalNames = ['hour', 'day', 'week', 'month'] as const
export type IntervalName = (typeof intervalNames)[number]

const mostFilters = 20

/** Reads the view of an address; what is wrong in it is left out. */
export function readView(search: Search): View {
  const interval = intervalNames.find((one) => one === textOf(search, 'by'))
  const site = textOf(search, 'site') ?? ''
  return {
    siteId: /^\d{1,9}$/.test(site) ? Number(site) : 0,
    period: readPeriod(search),
    compare: readCompare(search),
    filters: textsOf(search, 'f')
      .flatMap((text) => readFilter(text) ?? [])
      .slice(0, mostFilters),
    segmentId: readId(textOf(search, 'segment') ?? ''),
    bots: textOf(search, 'bots') === 'yes',
    zone: textOf(search, 'zone') ?? '',
    ...(interval && { interval }),
  }
}

const readId = (text: string): string => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : '')

/** Writes a view; what is usual needs no word. */
export function writeView(view: View): Search {
  return {
    site: view.siteId === 0 ? undefined : String(view.siteId),
    ...writePeriod(view.period),
    ...writeCompare(view.compare),
    f: view.filters.length === 0 ? undefined : view.filters.map(writeFilter),
    segment: view.segmentId || undefined,
    bots: view.bots ? 'yes' : undefined,
    zone: view.zone || undefined,
    by: view.interval,
  }
}

/** Names of the parameters that go along from screen to screen. */
export const viewParameters = [
  'site',
  'period',
  'date',
  'from',
  'to',
  'compare',
  'match',
  'f',
  'segment',
  'bots',
  'zone',
  'by',
] as const

/** Of an address what goes along: site, period and filters do, what a screen keeps for itself does not. */
export const viewOnly = (search: Search): Search =>
  Object.fromEntries(viewParameters.map((name) => [name, search[name]]))

/** How the time of these days may be cut; the first is the usual one. */
export function intervalsFor({ first, last }: Days): readonly IntervalName[] {
  const days = daysBetween(first, last) + 1
  if (days <= 2) return ['hour']
  if (days <= 14) return ['day', 'hour']
  if (days <= 62) return ['day', 'week']
  if (days <= 190) return ['week', 'day', 'month']
  return ['month', 'week', 'day']
}

/** The interval of the contract. */
export const intervalOf = (name: IntervalName): Interval =>
  ({ hour: Interval.HOUR, day: Interval.DAY, week: Interval.WEEK, month: Interval.MONTH })[name]
