import { begunIn, eventsOf, type NaivePeriod, sessionsOf, sortedEvents } from '../naive.case.ts'
import { intervalOf, naivePages } from '../naive-answers.case.ts'
import { filtered, type NaiveFilter } from '../naive-filters.case.ts'
import type { PageEvent } from './events.case.ts'

interface Asked {
  readonly period: NaivePeriod
  readonly filters: readonly NaiveFilter[]
}

/** The median as the middle of the sorted numbers, or the mean of the two in the middle. */
export function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2
}

/** Rows of content by page, and the total under null. What a breakdown by page has too is taken from there. */
export function naiveContent(
  events: readonly PageEvent[],
  asked: Asked & { readonly zones: readonly [string, string, string] },
): Map<string | null, object> {
  const pages = naivePages(events, asked)
  const total = pages.get(null)!
  const matching = filtered(events, asked.filters)
  const begun = begunIn(matching.sessions, asked.period)
  const kept = new Set<string>(matching.events.map(({ id }) => id))
  const inPeriod = eventsOf(events, asked.period) as PageEvent[]
  const views = inPeriod.filter(({ type, id }) => type === 'page_view' && kept.has(id))
  return new Map(
    [...pages].map(([page, row]) => {
      const on = (path: string | null): boolean => page === null || (path ?? '') === page
      const entered = begun.filter(({ entry }) => on(entry.page))
      const seen = views.filter((view) => on(view.page))
      const figures = {
        page: page ?? '',
        views: row.events,
        visitors: row.visitors,
        sessions: row.sessions,
        entries: row.entries,
        entryShare: total.entries === 0 ? 0 : row.entries! / total.entries!,
        exits: row.exits,
        exitShare: total.exits === 0 ? 0 : row.exits! / total.exits!,
        ...(entered.length > 0 && { bounceRate: entered.filter(({ bounced }) => bounced).length / entered.length }),
        ...(row.timeOnPageSeconds !== undefined && { timeOnPageSeconds: row.timeOnPageSeconds }),
        ...scrollOf(seen, inPeriod, asked.zones),
      }
      return [page, figures]
    }),
  )
}

/** How far down the sessions of these views scrolled, each on each page, day and site. */
function scrollOf(
  views: readonly PageEvent[],
  events: readonly PageEvent[],
  zones: readonly [string, string, string],
): object {
  const name = ({ session, page, site, bot, at }: PageEvent) =>
    JSON.stringify([session, page ?? '', site, bot, intervalOf(at, zones[site - 1]!, 'day')])
  const reads = new Set(views.filter(({ session }) => session !== null).map(name))
  const depths = [...reads].map((read) => {
    const scrolls = events.filter((event) => event.type === 'scroll' && name(event) === read)
    return scrolls.length === 0 ? undefined : Math.max(...scrolls.map(({ value }) => value ?? 0))
  })
  const scrolled = depths.filter((depth) => depth !== undefined)
  if (scrolled.length === 0) return {}
  const reached = (percent: number) => scrolled.filter((depth) => depth >= percent).length / depths.length
  return {
    scroll: {
      sessions: scrolled.length,
      medianPercent: medianOf(depths.map((depth) => depth ?? 0)),
      reached25: reached(25),
      reached50: reached(50),
      reached75: reached(75),
      reached100: reached(100),
    },
  }
}

/** The figures of one page in one interval, of which `isIn` knows the moments. */
export function naivePageIn(
  events: readonly PageEvent[],
  asked: Asked & { readonly page: string; readonly isIn: (micros: number) => boolean },
): object {
  const { page, isIn, period } = asked
  const matching = filtered(events, asked.filters)
  const kept = new Set<string>(matching.events.map(({ id }) => id))
  const all = (eventsOf(events, period) as PageEvent[]).filter(({ type }) => type === 'page_view')
  const views = all.filter((view) => (view.page ?? '') === page && kept.has(view.id) && isIn(view.at))
  const begun = begunIn(matching.sessions, period).filter(({ startedAt }) => isIn(startedAt))
  const entered = begun.filter(({ entry }) => (entry.page ?? '') === page)
  const times = views.map((view) => secondsOn(view, { all, events, to: period.to })).filter((seconds) => seconds > 0)
  const named = views.filter(({ visitor }) => visitor)
  return {
    views: views.length,
    visitors: new Set(named.map(({ site, bot, visitor }) => `${site}|${bot}|${visitor}`)).size,
    sessions: new Set(views.flatMap(({ session }) => session ?? [])).size,
    entries: entered.length,
    exits: begun.filter(({ exit }) => (exit.page ?? '') === page).length,
    ...(entered.length > 0 && { bounceRate: entered.filter(({ bounced }) => bounced).length / entered.length }),
    ...(times.length > 0 && { timeOnPageSeconds: times.reduce((sum, one) => sum + one, 0) / times.length }),
  }
}

function secondsOn(
  view: PageEvent,
  known: { all: readonly PageEvent[]; events: readonly PageEvent[]; to: number },
): number {
  if (view.session === null) return 0
  const views = sortedEvents(known.all.filter(({ session }) => session === view.session))
  const next = views[views.indexOf(view) + 1]
  const ended = sessionsOf(known.events).find(({ id }) => id === view.session)!.endedAt
  return (Math.min(next?.at ?? ended, known.to) - view.at) / 1e6
}
