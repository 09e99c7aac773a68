import fc from 'fast-check'
import { expect } from 'vitest'
import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { sealDays } from '../../../sql/seal-days.ts'
import { storeEvents } from '../../../test/support/store-events.ts'
import { type NaiveEvent, type NaivePeriod, naiveEvent, naivePeriod, toRow } from '../naive.case.ts'
import { type NaiveFilter, naiveFilter } from '../naive-filters.case.ts'
import type { World } from '../world.case.ts'

/** An event with what it says of the page, the pointer and the speed. */
export interface PageEvent extends NaiveEvent {
  readonly selector: string | null
  readonly text: string | null
  readonly kind: string | null
  readonly target: string | null
  readonly x: number | null
  readonly y: number | null
  readonly viewport: string | null
  readonly device: keyof typeof deviceKeys | null
  readonly value: number | null
  readonly loadMs: number | null
  readonly properties: Readonly<Record<string, unknown>> | null
}

const deviceKeys = { desktop: 11, mobile: 12 } as const
const start = Date.UTC(2026, 2, 28) * 1e3

/** Times that stand close together, so that clicks are fast, answered late, or at the same moment. */
const time = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 1, 30),
    fc.constantFrom(0, 0, 1, 400e3, 700e3, 1_000e3, 1_000e3 + 1, 2_500e3, 3_000e3, 3_400e3, 60e6),
  )
  .map(([hours, micros]) => start + hours * 3_600e6 + micros)

const value = fc.constantFrom(
  0,
  0.05,
  0.1,
  0.100001,
  0.25,
  0.3,
  25,
  49,
  50,
  75,
  100,
  200,
  500,
  800,
  1_801,
  2_500,
  4_001,
  9e9,
)
const anything = fc.constantFrom<unknown>('a', '', 'A long one', 1, 2.5, true, null, [], [1], { b: 1 })

export const pageEvent: fc.Arbitrary<PageEvent> = fc
  .record({
    event: naiveEvent,
    at: time,
    type: fc.constantFrom(
      ...['page_view', 'page_view', 'page_view', 'click', 'click', 'click', 'scroll', 'web_vital', 'custom', 'hover'],
    ),
    page: fc.constantFrom(null, '/', '/', '/a', '/b'),
    session: fc.constantFrom(null, 's1', 's1', 's2', 's3'),
    selector: fc.constantFrom(null, '#buy', '#buy', 'a.more'),
    text: fc.constantFrom(null, 'Buy', 'More'),
    kind: fc.constantFrom(null, 'button', 'a', 'input:text', 'input:submit', 'select'),
    target: fc.constantFrom(null, null, null, 'https://www.example.com/b'),
    x: fc.constantFrom(null, 0, 1, 99, 100, 399, 400, 1_000, 1_001, -1, 2_147_483_647),
    y: fc.constantFrom(null, 0, 19, 20, 21, 4_000, -5),
    viewport: fc.constantFrom(null, '1000x500', '1000x501', '400x800', '0x0', 'wide'),
    device: fc.constantFrom(null, 'desktop', 'mobile'),
    value,
    loadMs: fc.constantFrom(null, 1, 250, 251, 800, 12_000),
    properties: fc.option(fc.dictionary(fc.constantFrom('plan', 'b', 'ü', 'key'), anything)),
    name: fc.constantFrom(null, 'LCP', 'LCP', 'CLS', 'INP', 'TTFB', 'FCP', 'signup', 'lcp'),
  })
  .map(({ event, ...more }) => ({
    ...event,
    ...more,
    browser: null,
    plan: null,
    value: more.type === 'scroll' || more.type === 'web_vital' ? more.value : null,
    loadMs: more.type === 'page_view' ? more.loadMs : null,
    properties: event.plan === null ? more.properties : { ...more.properties, plan: event.plan },
  }))
  .map((event) => ({ ...event, plan: planOf(event.properties) }))

/** The property as text, as filters and breakdowns take it. */
function planOf(properties: PageEvent['properties']): string | null {
  const plan = properties?.plan
  if (plan === undefined || plan === null) return null
  return typeof plan === 'object' ? writtenByPostgres(plan) : String(plan)
}

/** JSON as Postgres writes it: with a space after each colon and comma. */
export const writtenByPostgres = (value: unknown): string =>
  JSON.stringify(value).replace(/[:,]/g, (sign) => `${sign} `)

export const pageEvents = fc.array(pageEvent, { maxLength: 40, size: 'max' })

/** Any period, and often one that holds all events. */
export const periods = fc.oneof(
  naivePeriod,
  fc
    .record({ sites: fc.constantFrom([], [1], [2, 3]), bots: fc.boolean(), to: fc.constantFrom(4e6, 3 * 86_400e6) })
    .map(({ to, ...more }): NaivePeriod => ({ ...more, from: start, to: start + to })),
)

/** Filters on what the naive evaluation knows of these events: not on devices. */
export const pageFilters: fc.Arbitrary<NaiveFilter[]> = fc.array(
  naiveFilter.filter(({ dimension }) => dimension !== Dimension.DEVICE && dimension !== Dimension.BROWSER),
  { maxLength: 2 },
)

/** A filter that ways of sealed days know too. */
export const onCountry = naiveFilter.map((one): NaiveFilter[] => [
  { ...one, dimension: Dimension.COUNTRY, property: '' },
])

/** Stores the events in two partitions, some of them twice. */
export async function storePageEvents(world: World, companyId: number, events: readonly PageEvent[]): Promise<void> {
  await world.db.query(
    `insert into user_agents (company_id, agent_key, device_type)
     select $1, (row ->> 1)::bigint, row ->> 0 from jsonb_array_elements($2::jsonb) row`,
    [companyId, JSON.stringify(Object.entries(deviceKeys))],
  )
  const rows = events.map((event) => ({
    ...toRow(companyId, event),
    element_selector: event.selector,
    element_text: event.text,
    element_type: event.kind,
    target_url: event.target,
    x_coordinate: event.x,
    y_coordinate: event.y,
    viewport: event.viewport,
    agent_key: event.device && deviceKeys[event.device],
    value: event.value,
    load_ms: event.loadMs,
    metadata: event.properties,
  }))
  const half = Math.floor(rows.length / 2)
  await storeEvents(world.db, { events: rows.slice(half), partition: 1 })
  await storeEvents(world.db, { events: rows.slice(0, half + 2), partition: 0 })
}

/** Seals the days with two events and more of every other company, for questions that read sealed days. */
export async function sealSome(world: World, companyId: number): Promise<void> {
  if (companyId % 2 === 0) await sealDays(world.db, { forMs: 10_000, leastEvents: 2 })
}

/** Numbers are equal to six digits behind the point, great ones to nine in all, wherever they stand. */
export function close(answer: unknown): unknown {
  if (typeof answer === 'number') return expect.closeTo(answer, Math.min(6, 9 - Math.ceil(Math.log10(answer + 1))))
  if (Array.isArray(answer)) return answer.map(close)
  if (typeof answer !== 'object' || answer === null) return answer
  return Object.fromEntries(Object.entries(answer).map(([key, one]) => [key, close(one)]))
}
