import type { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
import {
  begunIn,
  countVisitors,
  eventsOf,
  mean,
  type NaiveEvent,
  type NaivePeriod,
  type NaiveSession,
  naiveOverview,
  naiveOverviewOfSessions,
  secondsOf,
  sortedEvents,
} from './naive.case.ts'
import { areAllOfSessions, filtered, type NaiveFilter, valuesOfEvent, valuesOfSession } from './naive-filters.case.ts'

/** How time is cut. */
export type NaiveUnit = 'hour' | 'day' | 'week' | 'month'

/** Names the interval of a moment as a calendar on the wall does; a repeated hour is told apart by its offset. */
export function intervalOf(micros: number, zone: string, unit: NaiveUnit): string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    timeZoneName: 'longOffset',
  })
  const at = new Date(Math.floor(micros / 1e3))
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const { year, month, day, hour, timeZoneName } = parts
  if (unit === 'hour') return `${year}-${month}-${day} ${hour} ${timeZoneName}`
  if (unit === 'day') return `${year}-${month}-${day}`
  if (unit === 'month') return `${year}-${month}`
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  const monday = date.getTime() - ((date.getUTCDay() + 6) % 7) * 86_400_000
  return new Date(monday).toISOString().slice(0, 10)
}

/** The overview of each interval in which something is, by the interval's name. */
export function naiveSeries(
  events: readonly NaiveEvent[],
  asked: { period: NaivePeriod; filters: readonly NaiveFilter[]; zone: string; unit: NaiveUnit },
): Map<string, Record<string, number>> {
  const { period, filters, zone, unit } = asked
  const matching = filtered(events, filters)
  const counted = eventsOf(matching.events, period)
  const sessions = begunIn(matching.sessions, period)
  const name = (micros: number): string => intervalOf(micros, zone, unit)
  if (areAllOfSessions(filters)) {
    const groups = Map.groupBy(sessions, (session) => name(session.startedAt))
    return new Map([...groups].map(([one, group]) => [one, naiveOverviewOfSessions(group)]))
  }
  const names = new Set([...counted.map((event) => name(event.at)), ...sessions.map((one) => name(one.startedAt))])
  return new Map(
    [...names].map((one) => [
      one,
      naiveOverview(
        counted.filter((event) => name(event.at) === one),
        sessions.filter((session) => name(session.startedAt) === one),
      ),
    ]),
  )
}

/** A row of a breakdown; only what is measured for the dimension. */
export type NaiveRow = Readonly<Record<string, number>>

/** Rows by value, and the total under `null`. */
export type NaiveBreakdown = Map<string | null, NaiveRow>

interface AskedBreakdown {
  readonly period: NaivePeriod
  readonly filters: readonly NaiveFilter[]
  readonly dimension: Dimension
  /** Of the sites 1 to 3. */
  readonly zones: readonly string[]
}

/** Groups by the values that `valueOf` gives, and all under null. */
function grouped<T>(things: readonly T[], valueIn: (thing: T) => string): Map<string | null, T[]> {
  const groups = new Map<string | null, T[]>([[null, [...things]]])
  for (const thing of things) groups.set(valueIn(thing), [...(groups.get(valueIn(thing)) ?? []), thing])
  return groups
}

/** By what a session has one value of. */
export function naiveBySession(events: readonly NaiveEvent[], asked: AskedBreakdown): NaiveBreakdown {
  const sessions = begunIn(filtered(events, asked.filters).sessions, asked.period)
  const groups = grouped(sessions, (session) => valuesOfSession(session, asked.dimension)[0]!)
  return new Map(
    [...groups].map(([value, group]) => {
      const sum = (count: (session: NaiveSession) => number) => group.reduce((all, one) => all + count(one), 0)
      const row = {
        visitors: countVisitors(group.map((session) => session.entry)),
        sessions: group.length,
        events: sum((session) => session.events.length),
        pageViews: sum((session) => session.pageViews),
        ...(group.length > 0 && {
          bounceRate: mean(group.map((session) => Number(session.bounced))),
          meanDurationSeconds: mean(group.map(secondsOf)),
        }),
      }
      return [value, row]
    }),
  )
}

/** By what events differ in. */
export function naiveByEvent(events: readonly NaiveEvent[], asked: AskedBreakdown): NaiveBreakdown {
  const counted = eventsOf(filtered(events, asked.filters).events, asked.period)
  const groups = grouped(counted, (event) => valuesOfEvent(event, asked.dimension, [])[0]!)
  return new Map([...groups].map(([value, group]) => [value, countsOf(group)]))
}

const countsOf = (group: readonly NaiveEvent[]) => ({
  visitors: countVisitors(group),
  sessions: new Set(group.flatMap((event) => event.session ?? [])).size,
  events: group.length,
  pageViews: group.filter((event) => event.type === 'page_view').length,
})

/** Pages: views, and the sessions that begin and end on them. A session's days are those of its site, and taken one by one. */
export function naivePages(events: readonly NaiveEvent[], asked: Omit<AskedBreakdown, 'dimension'>): NaiveBreakdown {
  const during = eventsOf(events, asked.period)
  const matching = new Set(filtered(events, asked.filters).events)
  const groups = grouped(
    during.filter((event) => event.type === 'page_view' && matching.has(event)),
    (event) => event.page ?? '',
  )
  const sessions = begunIn(filtered(events, asked.filters).sessions, asked.period)
  for (const { entry, exit } of sessions) {
    for (const value of [entry.page ?? '', exit.page ?? '']) if (!groups.has(value)) groups.set(value, [])
  }
  const visitOf = ({ site, bot, session, at }: NaiveEvent): string =>
    `${site}|${bot}|${session}|${intervalOf(at, asked.zones[site - 1]!, 'day')}`
  const visits = Map.groupBy(sortedEvents(during), visitOf)
  const count = (value: string | null, pageOf: (session: NaiveSession) => string) =>
    sessions.filter((session) => value === null || pageOf(session) === value).length
  return new Map(
    [...groups].map(([value, group]) => {
      const inSession = group.filter((view) => view.session !== null)
      const times = inSession.map((view) => secondsOnPage(view, visits.get(visitOf(view))!)).filter((s) => s > 0)
      const row = {
        ...countsOf(group),
        sessions: new Set(inSession.map(visitOf)).size,
        entries: count(value, (session) => session.entry.page ?? ''),
        exits: count(value, (session) => session.exit.page ?? ''),
        ...(times.length > 0 && { timeOnPageSeconds: mean(times) }),
      }
      return [value, row]
    }),
  )
}

/** `visit`: all events of the session on that day, in order. */
function secondsOnPage(view: NaiveEvent, visit: readonly NaiveEvent[]): number {
  const next = visit.slice(visit.indexOf(view) + 1).find((event) => event.type === 'page_view')
  return ((next ?? visit.at(-1)!).at - view.at) / 1e6
}
