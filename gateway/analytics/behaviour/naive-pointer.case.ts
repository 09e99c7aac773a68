import { eventsOf, asked as isAsked, type NaivePeriod, sortedEvents } from '../naive.case.ts'
import { intervalOf } from '../naive-answers.case.ts'
import { filtered, type NaiveFilter } from '../naive-filters.case.ts'
import type { PageEvent } from './events.case.ts'

interface Asked {
  readonly period: NaivePeriod
  readonly filters: readonly NaiveFilter[]
  /** Of sites 1 to 3. */
  readonly zones: readonly [string, string, string]
}

/** The clicks that a question asks for. */
function clicksOf(events: readonly PageEvent[], { period, filters }: Asked): PageEvent[] {
  const ids = new Set<string>(eventsOf(filtered(events, filters).events, period).map(({ id }) => id))
  return events.filter(({ type, id }) => type === 'click' && ids.has(id))
}

const visitorsOf = (events: readonly PageEvent[]): number =>
  new Set(events.flatMap(({ site, bot, visitor }) => (visitor === null ? [] : `${site}|${bot}|${visitor}`))).size
/** The session on a site on one of its days; none where the event has none. */
const sessionOf = ({ session, site, bot, at }: PageEvent, { zones }: Pick<Asked, 'zones'>): string | undefined =>
  session === null ? undefined : JSON.stringify([session, site, bot, intervalOf(at, zones[site - 1]!, 'day')])
const sessionsIn = (events: readonly PageEvent[], of: Pick<Asked, 'zones'>): number =>
  new Set(events.flatMap((event) => sessionOf(event, of) ?? [])).size

/** How to judge clicks. */
export interface Judging {
  readonly rageClicks: number
  readonly rageMs: number
  readonly deadMs: number
}

/** The commonest of some texts, the first of equals; '' of none. */
function commonest(texts: readonly (string | null)[]): string {
  const groups = [
    ...Map.groupBy(
      texts.filter((text) => text !== null),
      (text) => text,
    ),
  ]
  return groups.toSorted(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))[0]?.[0] ?? ''
}

/** The elements by page and selector, and all under null. */
export function naiveElements(
  events: readonly PageEvent[],
  of: Asked & Judging & { readonly acrossPages: boolean },
): Map<string | null, object> {
  const clicks = clicksOf(events, of)
  const { raging, begins } = rageOf(clicksOf(events, { ...of, filters: [] }), of)
  const name = (click: PageEvent): string =>
    JSON.stringify([of.acrossPages ? '' : (click.page ?? ''), click.selector ?? ''])
  const groups = new Map<string | null, PageEvent[]>([[null, clicks], ...Map.groupBy(clicks, name)])
  return new Map(
    [...groups].map(([key, group]) => {
      const [page, element] = key === null ? ['', ''] : (JSON.parse(key) as [string, string])
      const figures = {
        page,
        element,
        text: key === null ? '' : commonest(group.map(({ text }) => text)),
        type: key === null ? '' : commonest(group.map(({ kind }) => kind)),
        clicks: group.length,
        sessions: sessionsIn(group, of),
        visitors: visitorsOf(group),
        rages: group.filter((click) => begins.has(click)).length,
        rageClicks: group.filter((click) => raging.has(click)).length,
        deadClicks: group.filter((click) => isDead(click, events, of)).length,
      }
      return [key, figures]
    }),
  )
}

/** Clicks that belong to rage, and those with which one begins. */
function rageOf(clicks: readonly PageEvent[], of: Judging & Pick<Asked, 'zones'>) {
  const { rageClicks, rageMs } = of
  const known = clicks.filter(({ session, selector }) => session !== null && selector !== null)
  const lines = Map.groupBy(known, (click) => JSON.stringify([sessionOf(click, of), click.page ?? '', click.selector]))
  const raging = new Set<PageEvent>()
  const begins = new Set<PageEvent>()
  for (const line of lines.values()) {
    const sorted = sortedEvents(line) as PageEvent[]
    for (let at = 0; at + rageClicks <= sorted.length; at++) {
      const fast = sorted.slice(at, at + rageClicks)
      if (fast.at(-1)!.at - fast[0]!.at <= rageMs * 1e3) for (const click of fast) raging.add(click)
    }
    for (const [index, click] of sorted.entries()) {
      const before = sorted[index - 1]
      const goesOn = before && raging.has(before) && click.at - before.at <= rageMs * 1e3
      if (raging.has(click) && !goesOn) begins.add(click)
    }
  }
  return { raging, begins }
}

const fields = new Set(['select', 'textarea', 'option', 'label', 'input:text', 'input'])

/** Whether nothing of the session follows but hovers, web vitals and clicks on the same element. */
function isDead(click: PageEvent, events: readonly PageEvent[], of: Asked & Judging): boolean {
  const { period, deadMs } = of
  if (click.session === null || click.target !== null || fields.has(click.kind ?? '')) return false
  const until = period.to + deadMs * 1e3
  const seen = sortedEvents(
    events.filter(
      (event) =>
        sessionOf(event, of) === sessionOf(click, of) &&
        isAsked(period, event) &&
        event.at >= period.from &&
        event.at <= until &&
        event.type !== 'hover' &&
        event.type !== 'web_vital',
    ),
  ) as PageEvent[]
  const answer = seen
    .slice(seen.indexOf(click) + 1)
    .find(
      ({ type, page, selector }) =>
        !(type === 'click' && selector !== null && selector === click.selector && (page ?? '') === (click.page ?? '')),
    )
  return answer === undefined || answer.at > click.at + deadMs * 1e3
}

/** Cells by "device column row", and totals by device. */
export function naiveHeat(
  events: readonly PageEvent[],
  of: Asked & { readonly page: string; readonly columns: number; readonly rowPixels: number },
) {
  const clicks = clicksOf(events, of).filter(({ page }) => (page ?? '') === of.page)
  const places = clicks.map((click) => ({
    click,
    device: click.device ?? '',
    ...sizeOf(click),
    cell: cellOf(click, of),
  }))
  const placed = places.filter(({ cell }) => cell !== undefined)
  const cells = [...Map.groupBy(placed, ({ device, cell }) => `${device} ${cell}`)].map(
    ([key, group]) =>
      [
        key,
        group.length,
        sessionsIn(
          group.map(({ click }) => click),
          of,
        ),
      ] as const,
  )
  const devices = [...Map.groupBy(places, ({ device }) => device)].map(([device, group]) => {
    const on = group.filter(({ cell }) => cell !== undefined)
    return {
      device,
      clicks: on.length,
      withoutPlace: group.length - on.length,
      allCells: new Set(on.map(({ cell }) => cell)).size,
      sessions: sessionsIn(
        group.map(({ click }) => click),
        of,
      ),
      widths: group.flatMap(({ width }) => width ?? []),
      heights: group.flatMap(({ height }) => height ?? []),
    }
  })
  return { cells, devices }
}

function sizeOf({ viewport }: PageEvent): { width?: number; height?: number } {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(viewport ?? '') ?? []
  return width === undefined ? {} : { width: Number(width), height: Number(height) }
}

function cellOf(click: PageEvent, of: { columns: number; rowPixels: number }): string | undefined {
  const { x, y } = click
  const { width = 0 } = sizeOf(click)
  if (x === null || y === null || width === 0 || x < 0 || x > width || y < 0 || (x === 0 && y === 0)) return undefined
  return `${Math.min(of.columns - 1, Math.floor((x * of.columns) / width))} ${Math.floor(y / of.rowPixels)}`
}
