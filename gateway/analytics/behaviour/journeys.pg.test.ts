import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  JourneyStepKind,
  JourneysRequestSchema,
  StepsAroundRequestSchema,
  TopPathsRequestSchema,
} from '../../../proto/gen/userflow/v1/journeys_pb.ts'
import { sealDays } from '../../../sql/seal-days.ts'
import { storeEvents } from '../../../test/support/store-events.ts'
import { begunIn, type NaiveEvent, type NaivePeriod, sortedEvents } from '../naive.case.ts'
import { filtered, type NaiveFilter } from '../naive-filters.case.ts'
import { fromMicros } from '../time.ts'
import { openWorld, periodRequest, type World } from '../world.case.ts'
import { onCountry, pageEvents, pageFilters, periods, sealSome, storePageEvents } from './events.case.ts'
import { journeys, stepsAround, topPaths } from './journeys.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

interface Asked {
  readonly period: NaivePeriod
  readonly filters: readonly NaiveFilter[]
  readonly withEvents: boolean
  readonly steps: number
  /** As the metrics write it; empty: none. */
  readonly start: string
}

const asked: fc.Arbitrary<Asked & { readonly limit: number }> = fc
  .record({
    period: periods,
    filters: fc.oneof(pageFilters, onCountry),
    withEvents: fc.boolean(),
    steps: fc.integer({ min: 2, max: 5 }),
    start: fc.constantFrom('', '', 'page /', 'page ', 'page /a', 'event signup'),
    limit: fc.integer({ min: 1, max: 3 }),
  })
  .map((one) => ({ ...one, withEvents: one.withEvents || one.start.startsWith('event') }))

/** A step as a request says it. */
const wired = (step: string) => ({
  kind: step.startsWith('page') ? JourneyStepKind.PAGE : JourneyStepKind.EVENT,
  value: step.slice(step.indexOf(' ') + 1),
})
const kindNames = ['', 'page', 'event', 'other', 'end', 'more', 'start']
const written = (step: { kind?: number; value?: string } | undefined): string =>
  step!.value === undefined ? kindNames[step!.kind!]! : `${kindNames[step!.kind!]} ${step!.value}`

/** The steps of each session that began in the period and matches, repeats left out. */
function naiveSteps(events: readonly NaiveEvent[], { period, filters, withEvents }: Asked): string[][] {
  return begunIn(filtered(events, filters).sessions, period).map((session) =>
    sortedEvents(session.events)
      .filter(({ type }) => type === 'page_view' || (withEvents && type === 'custom'))
      .map(({ type, page, name }) => (type === 'page_view' ? `page ${page ?? ''}` : `event ${name ?? ''}`))
      .filter((step, index, all) => step !== all[index - 1]),
  )
}

function naivePaths(events: readonly NaiveEvent[], question: Asked): string[][] {
  const all = naiveSteps(events, question).filter((steps) => steps.length > 0)
  if (question.start === '') return all
  return all
    .filter((steps) => steps.includes(question.start))
    .map((steps) => steps.slice(steps.indexOf(question.start)))
}

const rank = ([a, x]: readonly [string, number], [b, y]: readonly [string, number]): number => y - x || (a < b ? -1 : 1)
function count(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
const topOf = (names: readonly string[], most: number): Set<string> =>
  new Set(
    [...count(names)]
      .toSorted(rank)
      .slice(0, most)
      .map(([name]) => name),
  )

/** Each link, "place from > to", with its sessions. */
function naiveLinks(paths: readonly string[][], steps: number, most: number): Map<string, number> {
  const shown = Array.from({ length: steps }, (_, place) =>
    topOf(
      paths.flatMap((path) => path[place] ?? []),
      most,
    ),
  )
  const name = (path: readonly string[], place: number): string =>
    shown[place]!.has(path[place]!) ? path[place]! : 'other'
  return count(
    paths.flatMap((path) =>
      path.slice(0, steps).map((_, place) => {
        const isLast = place === path.length - 1
        const to = isLast ? 'end' : place === steps - 1 ? 'more' : name(path, place + 1)
        return `${place + 1} ${name(path, place)} > ${to}`
      }),
    ),
  )
}

const zones = ['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'] as const
const oneZone = fc.constantFrom(true, true, true, false)

test('journeys, paths and steps around a step equal a walk through each session, and what enters a step leaves it', async () => {
  await fc.assert(
    fc.asyncProperty(pageEvents, asked, oneZone, async (events, of, ofOneZone) => {
      // Sealed days are read of companies that keep one time zone.
      const companyId = await world.newCompany(
        ofOneZone ? ['Asia/Kathmandu', 'Asia/Kathmandu', 'Asia/Kathmandu'] : zones,
      )
      await storePageEvents(world, companyId, events)
      await sealSome(world, companyId)
      const question = { ...periodRequest(of.period), filters: [...of.filters] }
      const start = of.start === '' ? {} : { start: wired(of.start) }
      const request = { question, steps: of.steps, withEvents: of.withEvents, ...start }
      const paths = naivePaths(events, of)

      const ways = create(JourneysRequestSchema, { ...request, stepsPerPlace: of.limit })
      const found = await journeys(world.reading, ways, { companyId })
      const links = found.links!.map((link) => ({
        from: `${link.place} ${written(link.from)}`,
        to: `${link.place! + 1} ${written(link.to)}`,
        link: `${link.place} ${written(link.from)} > ${written(link.to)}`,
        sessions: link.sessions!,
      }))
      expect(new Map(links.map(({ link, sessions }) => [link, sessions]))).toEqual(
        naiveLinks(paths, of.steps, of.limit),
      )
      expect(found.sessions).toBe(paths.length)
      for (const node of new Set(links.filter(({ from }) => !from.startsWith('1 ')).map(({ from }) => from))) {
        const sum = (side: 'from' | 'to') =>
          links.filter((link) => link[side] === node).reduce((all, { sessions }) => all + sessions, 0)
        expect(sum('to'), node).toBe(sum('from'))
      }

      const least = Math.min(of.steps, of.limit)
      const top = await topPaths(world.reading, create(TopPathsRequestSchema, { ...request, leastSteps: least }), {
        companyId,
      })
      const long = paths.filter((path) => path.length >= least)
      const taken = count(long.map((path) => JSON.stringify(path.slice(0, of.steps))))
      const ended = count(long.filter((path) => path.length <= of.steps).map((path) => JSON.stringify(path)))
      expect(top).toMatchObject({ paths: taken.size, sessions: long.length })
      const rows = top.rows!.map((row) => [JSON.stringify(row.steps!.map(written)), row.sessions, row.ended] as const)
      expect(rows.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual(
        [...taken]
          .map(([path, sessions]) => [path, sessions, ended.get(path) ?? 0])
          .toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
      )
      expect(rows.map(([, sessions]) => sessions)).toEqual([...taken.values()].toSorted((a, b) => b - a))
      const second = create(TopPathsRequestSchema, { ...request, leastSteps: least, limit: 1, offset: 1 })
      expect((await topPaths(world.reading, second, { companyId })).rows).toEqual(top.rows!.slice(1, 2))

      const step = of.start || 'page /'
      const near = create(StepsAroundRequestSchema, {
        question,
        withEvents: of.withEvents,
        step: wired(step),
        limit: of.limit,
      })
      const around = await stepsAround(world.reading, near, { companyId })
      const sides = naiveSteps(events, of).flatMap((path, session) =>
        path.flatMap((one, at) =>
          one === step ? [{ session, before: path[at - 1] ?? 'start', after: path[at + 1] ?? 'end' }] : [],
        ),
      )
      expect(around.times).toBe(sides.length)
      for (const side of ['before', 'after'] as const) {
        const shown = topOf(
          sides.map((one) => one[side]),
          of.limit,
        )
        const named = sides.map((one) => ({ ...one, name: shown.has(one[side]) ? one[side] : 'other' }))
        const expected = [...count(named.map(({ name }) => name))].toSorted(rank).map(([name, times]) => ({
          name,
          times,
          sessions: new Set(named.filter((one) => one.name === name).map(({ session }) => session)).size,
        }))
        expect(around[side]!.map(({ step: one, ...figures }) => ({ name: written(one), ...figures }))).toEqual(expected)
      }
    }),
    { numRuns: 100, endOnFailure: true },
  )
}, 300_000)

test('a session of which some days are sealed and some not is asked for by its first page', async () => {
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  const of = (time: string, more: object) => ({
    company_id: companyId,
    session_id: 's',
    event_timestamp: `2026-11-${time}:00Z`,
    event_type: 'page_view',
    page_path: '/',
    ...more,
  })
  const events = [of('10T10:00', { site_id: 1 }), of('10T11:00', { site_id: 2 }), of('11T10:00', { site_id: 2 })]
  await storeEvents(world.db, { events })
  const [from, to] = ['2026-11-10', '2026-11-12'].map((day) => fromMicros(Date.parse(day) * 1e3))
  const asked = async (siteId: number) => {
    const request = create(JourneysRequestSchema, { question: { from: from!, to: to!, siteIds: [siteId] } })
    return (await journeys(world.reading, request, { companyId })).sessions
  }
  expect([await asked(1), await asked(2)]).toEqual([1, 0])
  await sealDays(world.db, { forMs: 10_000, leastEvents: 2 })
  expect([await asked(1), await asked(2)]).toEqual([1, 0])
})
