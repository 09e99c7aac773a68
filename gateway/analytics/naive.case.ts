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
  readonly title: string | null
  readonly user: string | null
  readonly country: string | null
  readonly browser: keyof typeof agentKeys | null
  readonly language: string | null
  readonly plan: string | null
}

/** Keys of the user agents that `newCompany` of world.case.ts stores. */
export const agentKeys = { Firefox: 1, Chrome: 2 } as const

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
  title: fc.constantFrom(null, 'Home 100%', 'home_1'),
  user: fc.constantFrom(null, null, 'u1', 'u2'),
  country: fc.constantFrom(null, 'DE', 'AT'),
  browser: fc.constantFrom(null, 'Firefox', 'Chrome'),
  language: fc.constantFrom(null, 'de-AT', 'en'),
  plan: fc.constantFrom(null, 'pro', 'Basic'),
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
  page_title: event.title,
  user_id: event.user,
  country: event.country,
  browser: event.browser,
  agent_key: event.browser && agentKeys[event.browser],
  language: event.language,
  metadata: event.plan === null ? null : { plan: event.plan },
})

/** Another time of the year: from the days around the spring change of clocks to those around the autumn change. */
export const toAutumn = 210 * 24 * hour

export const asked = (period: NaivePeriod, thing: { site: number; bot: boolean }): boolean =>
  (period.sites.length === 0 || period.sites.includes(thing.site)) && (period.bots || !thing.bot)

const during = (period: NaivePeriod, at: number): boolean => at >= period.from && at < period.to

/** The events that a period asks for. */
export const eventsOf = (events: readonly NaiveEvent[], period: NaivePeriod): NaiveEvent[] =>
  events.filter((event) => asked(period, event) && during(period, event.at))

/** A session of the naive evaluation. */
export interface NaiveSession {
  readonly id: string
  readonly events: readonly NaiveEvent[]
  /** The first event; what the session says of site, visitor and the like is this one's. */
  readonly entry: NaiveEvent
  readonly exit: NaiveEvent
  readonly startedAt: number
  readonly endedAt: number
  readonly pageViews: number
  readonly bounced: boolean
}

/** A text that sorts events by time, sequence and id. */
const inOrder = (event: NaiveEvent): string => `${String(event.at).padStart(17, '0')}|${event.sequence}|${event.id}`
const entryOrder = (event: NaiveEvent): string => `${event.page === null ? 1 : 0}|${inOrder(event)}`
const exitOrder = (event: NaiveEvent): string => `${event.page === null ? 0 : 1}|${inOrder(event)}`

/** Sorts by a text. */
export const sortedBy = <T>(things: readonly T[], text: (thing: T) => string): T[] =>
  things.toSorted((a, b) => (text(a) < text(b) ? -1 : 1))

/** Events by time, sequence and id. */
export const sortedEvents = (events: readonly NaiveEvent[]): NaiveEvent[] => sortedBy(events, inOrder)

/** All sessions of the events. */
export function sessionsOf(events: readonly NaiveEvent[]): NaiveSession[] {
  const groups = Object.groupBy(
    events.filter((event) => event.session !== null),
    (event) => event.session!,
  )
  return Object.entries(groups).map(([id, group]) => {
    const times = group!.map((event) => event.at)
    const pageViews = group!.filter((event) => event.type === 'page_view').length
    return {
      id,
      events: group!,
      entry: sortedBy(group!, entryOrder)[0]!,
      exit: sortedBy(group!, exitOrder).at(-1)!,
      startedAt: Math.min(...times),
      endedAt: Math.max(...times),
      pageViews,
      bounced: pageViews === 1 && group!.every((event) => event.type === 'page_view' || event.type === 'web_vital'),
    }
  })
}

/** The sessions that began in a period. */
export const begunIn = (sessions: readonly NaiveSession[], period: NaivePeriod): NaiveSession[] =>
  sessions.filter((session) => asked(period, session.entry) && during(period, session.startedAt))

/** How many visitors: one is one id on one site, bots apart. */
export const countVisitors = (events: readonly NaiveEvent[]): number =>
  new Set(events.filter((event) => event.visitor).map((event) => `${event.site}|${event.bot}|${event.visitor}`)).size

export const secondsOf = (session: NaiveSession): number => (session.endedAt - session.startedAt) / 1e6

/** The overview, counted from the events and sessions that match, one by one. */
export function naiveOverview(
  counted: readonly NaiveEvent[],
  sessions: readonly NaiveSession[],
): Record<string, number> {
  return {
    visitors: countVisitors(counted),
    sessions: sessions.length,
    pageViews: counted.filter((event) => event.type === 'page_view').length,
    events: counted.length,
    pagesPerSession: mean(sessions.map((session) => session.pageViews)),
    bounceRate: mean(sessions.map((session) => Number(session.bounced))),
    medianDurationSeconds: median(sessions.map((session) => Math.floor(secondsOf(session)))),
    meanDurationSeconds: mean(sessions.map(secondsOf)),
  }
}

/** The overview of sessions alone: every figure is theirs. */
export function naiveOverviewOfSessions(sessions: readonly NaiveSession[]): Record<string, number> {
  const events = sessions.flatMap((session) => session.events)
  return { ...naiveOverview(events, sessions), visitors: countVisitors(sessions.map((session) => session.entry)) }
}

export const mean = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  return mean(sorted.length % 2 === 1 ? [sorted[upper]!] : sorted.slice(upper - 1, upper + 1))
}
