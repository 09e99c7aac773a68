import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { EventRow } from '../../test/support/store-events.ts'
import { toSqlTime } from './time.ts'

/** An event of the naive evaluation; `at` in microseconds since 1970. */
export interface NaiveEvent {
  readonly id: string
  readonly at: number
  readonly sequence: number
  readonly site: number
  readonly visitor: string | null
  readonly session: string | null
  readonly bot: boolean
  readonly type: string
  readonly name: string | null
  readonly page: string | null
}

/** What is asked: microseconds since 1970, `to` exclusive. */
export interface NaivePeriod {
  readonly from: number
  readonly to: number
  readonly sites: readonly number[]
  readonly bots: boolean
}

const hour = 3_600e6
const start = Date.UTC(2026, 2, 27) * 1e3 // the clocks of Europe change on the 29th

/** Times around few full hours of five days, so that equal times and edges on and beside the hour are common. */
const time = fc
  .tuple(fc.integer({ min: 0, max: 120 }), fc.constantFrom(0, 0, 1, -1, 1_800e6, 60e6 + 5))
  .map(([hours, micros]) => start + hours * hour + micros)

export const naiveEvent: fc.Arbitrary<NaiveEvent> = fc.record({
  id: fc.noShrink(fc.constant(null).map(() => randomUUID())),
  at: time,
  sequence: fc.nat({ max: 2 }),
  site: fc.integer({ min: 1, max: 3 }),
  visitor: fc.constantFrom(null, 'v1', 'v2', 'v3'),
  session: fc.constantFrom(null, 's1', 's2', 's3', 's4'),
  bot: fc.constantFrom(false, false, false, true),
  type: fc.constantFrom('page_view', 'page_view', 'click', 'web_vital', 'custom'),
  name: fc.constantFrom(null, 'LCP', 'signup'),
  page: fc.constantFrom(null, '/', '/a'),
})

export const naivePeriod: fc.Arbitrary<NaivePeriod> = fc
  .record({
    ends: fc.oneof(
      fc.tuple(time, time).filter(([a, b]) => a !== b),
      fc.tuple(time, fc.constantFrom(1, 2e6, 1_800e6)).map(([from, length]) => [from, from + length] as const),
    ),
    sites: fc.constantFrom([], [], [1], [2, 3]),
    bots: fc.boolean(),
  })
  .map(({ ends: [a, b], sites, bots }) => ({ from: Math.min(a, b), to: Math.max(a, b), sites, bots }))

/** The event as a row of the stage. */
export const toRow = (company: number, event: NaiveEvent): EventRow => ({
  company_id: company,
  event_id: event.id,
  event_timestamp: toSqlTime(event.at),
  sequence: event.sequence,
  site_id: event.site,
  visitor_id: event.visitor,
  session_id: event.session,
  is_bot: event.bot,
  event_type: event.type,
  event_name: event.name,
  page_path: event.page,
})

const asked = (period: NaivePeriod, thing: { site: number; bot: boolean }): boolean =>
  (period.sites.length === 0 || period.sites.includes(thing.site)) && (period.bots || !thing.bot)

const during = (period: NaivePeriod, at: number): boolean => at >= period.from && at < period.to

/** The events that a period asks for. */
export const eventsOf = (events: readonly NaiveEvent[], period: NaivePeriod): NaiveEvent[] =>
  events.filter((event) => asked(period, event) && during(period, event.at))

/** A text that sorts events as a session's first event is chosen. */
const entryOrder = (event: NaiveEvent): string =>
  `${event.page === null ? 1 : 0}|${String(event.at).padStart(17, '0')}|${event.sequence}|${event.id}`

/** The overview, counted from the events one by one. */
export function naiveOverview(events: readonly NaiveEvent[], period: NaivePeriod): Record<string, number> {
  const counted = eventsOf(events, period)
  const visitors = new Set(counted.filter((e) => e.visitor).map((e) => `${e.site}|${e.bot}|${e.visitor}`))
  const sessions = Object.values(Object.groupBy(events, (event) => event.session ?? ''))
    .map((group) => group!.toSorted((a, b) => (entryOrder(a) < entryOrder(b) ? -1 : 1)))
    .filter((group) => group[0]!.session !== null && asked(period, group[0]!))
    .filter((group) => during(period, Math.min(...group.map((event) => event.at))))
  const pages = sessions.map((group) => group.filter((event) => event.type === 'page_view').length)
  const bounced = sessions.map((group) =>
    group.every((event) => event.type === 'page_view' || event.type === 'web_vital'),
  )
  const seconds = sessions.map((group) => {
    const times = group.map((event) => event.at)
    return (Math.max(...times) - Math.min(...times)) / 1e6
  })
  return {
    visitors: visitors.size,
    sessions: sessions.length,
    pageViews: counted.filter((event) => event.type === 'page_view').length,
    events: counted.length,
    pagesPerSession: mean(pages),
    bounceRate: mean(bounced.map((only, index) => Number(only && pages[index] === 1))),
    medianDurationSeconds: median(seconds),
    meanDurationSeconds: mean(seconds),
  }
}

const mean = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  return mean(sorted.length % 2 === 1 ? [sorted[upper]!] : sorted.slice(upper - 1, upper + 1))
}
