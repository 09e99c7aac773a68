import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BreakdownOrder, BreakdownRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { Dimension as SqlDimension } from '../../sql/dimensions.ts'
import { sealDays } from '../../sql/seal-days.ts'
import { verifySealedDays } from '../../sql/sealed-tables.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import { answer } from './answer.ts'
import { breakdown } from './breakdown.ts'
import { type NaiveBreakdown, naiveByEvent, naiveBySession, naivePages } from './naive-answers.case.ts'
import { everyDimension, type NaiveFilter, naiveFilter } from './naive-filters.case.ts'
import { openWorld, periodRequest, someEvents, somePeriods, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'] as const
const someFilters: fc.Arbitrary<NaiveFilter[]> = fc.array(naiveFilter, { maxLength: 2 })
const orders = { visitors: BreakdownOrder.VISITORS, sessions: BreakdownOrder.SESSIONS, events: BreakdownOrder.EVENTS }
const order = fc.constantFrom(...(['visitors', 'sessions', 'events'] as const))
const someDimensions = fc.array(fc.constantFrom(Dimension.PAGE, Dimension.PAGE, ...everyDimension), {
  minLength: 4,
  maxLength: 4,
})
const naive = {
  pages: naivePages,
  pages_from_events: naivePages,
  pages_of_views: naivePages,
  breakdown_of_days: naiveBySession,
  breakdown_of_end_pages: naiveBySession,
  breakdown_of_sessions: naiveBySession,
  breakdown_of_raw_sessions: naiveBySession,
  breakdown_of_event_days: naiveByEvent,
  breakdown_of_events: naiveByEvent,
} as const

test('a breakdown by any dimension equals a count of the rows one by one, its total counts each visitor once', async () => {
  const metrics = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      someEvents,
      somePeriods,
      someFilters,
      someDimensions,
      order,
      async (events, periods, filters, dimensions, by) => {
        const companyId = await world.newCompany(zones)
        await world.storeAll(companyId, events)
        for (const [index, period] of periods.entries()) {
          const dimension = dimensions[index]!
          const property = dimension === Dimension.PROPERTY ? 'plan' : ''
          const question = { ...periodRequest(period), filters }
          const ask = (page: object) => {
            const request = create(BreakdownRequestSchema, {
              question,
              dimension,
              property,
              order: orders[by],
              ...page,
            })
            return breakdown(world.reading, request, { companyId })
          }
          const { rows, total, values, meta } = await ask({})
          metrics.add(meta!.metric!)
          const expected: NaiveBreakdown = naive[meta!.metric as keyof typeof naive](events, {
            period,
            filters,
            dimension,
            zones,
          })
          expect({ ...total, value: null }).toEqual(close({ ...expected.get(null), value: null }))
          expected.delete(null)
          expect(values).toBe(expected.size)
          const inOrder = [...expected].toSorted(([a, x], [b, y]) => y[by]! - x[by]! || (a! < b! ? -1 : 1))
          expect(rows).toEqual(inOrder.map(([value, row]) => close({ ...row, value })))
          expect((await ask({ limit: 1, offset: 1 })).rows).toEqual(rows!.slice(1, 2))
        }
      },
    ),
    { numRuns: 70, endOnFailure: true },
  )
  expect(metrics.size).toBeGreaterThan(7)
}, 300_000)

const day = fc.integer({ min: 1, max: 6 }).map((date) => new Date(Date.UTC(2026, 2, date)).toISOString())
const round = fc.record({
  events: fc.array(
    fc.record({
      event_timestamp: day,
      site_id: fc.integer({ min: 1, max: 2 }),
      session_id: fc.nat(20).map((session) => `s${session}`),
      visitor_id: fc.constantFrom('v1', 'v2', 'v3', null),
      channel: fc.constantFrom('direct', 'search', null),
      event_name: fc.constantFrom('a', 'b', null),
      language: fc.constantFrom('de', 'en', null),
      is_bot: fc.constantFrom(false, false, true),
    }),
    { minLength: 1, maxLength: 15, size: 'max' },
  ),
  leastEvents: fc.constantFrom(undefined, 1, 1, 3),
})

test('whatever days are sealed, chained, reopened or never sealed, a breakdown from sums equals that of the sessions, or of the events', async () => {
  const parameters = { order_by: 'visitors', row_limit: 100, row_offset: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(round, { minLength: 2, maxLength: 4, size: 'max' }),
      fc.array(fc.tuple(day, day, fc.constantFrom([], [1], [2])), { minLength: 3, maxLength: 3 }),
      async (rounds, periods) => {
        const companyId = await world.newCompany(['UTC', 'Asia/Kathmandu', 'UTC'])
        for (const { events, leastEvents } of rounds) {
          await storeEvents(world.db, { events: events.map((one) => ({ ...one, company_id: companyId })) })
          if (leastEvents !== undefined) await sealDays(world.db, { forMs: 10_000, leastEvents })
          for (const [a, b, site_ids] of periods) {
            const [from_time, to_time] = [a, b].toSorted()
            if (from_time === to_time) continue
            const period = { from_time: from_time!, to_time: to_time!, site_ids, include_bots: companyId % 2 > 0 }
            const ask = async (metric: string, more: object, by: SqlDimension = 'channel') => {
              const groupBy = { dimension: by }
              const asked = { ...parameters, ...period, ...more }
              return (await answer(world.reading, { metric, caller: { companyId }, parameters: asked, groupBy })).rows
            }
            const expected = await ask('breakdown_of_raw_sessions', {})
            expect(await ask('breakdown_of_sessions', {})).toEqual(expected)
            expect(await ask('breakdown_of_days', { dimension: 'channel' })).toEqual(expected)
            for (const dimension of ['event_name', 'language'] as const) {
              const counted = await ask('breakdown_of_events', {}, dimension)
              expect(await ask('breakdown_of_event_days', { dimension }, dimension)).toEqual(counted)
            }
          }
        }
      },
    ),
    { numRuns: 8, endOnFailure: true },
  )
  const [found] = await world.db.query<{ repeats: number }>('select count(*)::int as repeats from breakdown_repeats')
  expect(found!.repeats).toBeGreaterThan(20)
  const verified = await world.db.transaction('begin isolation level repeatable read, read only', verifySealedDays)
  expect(verified.map(({ rollup }) => rollup)).toContain('breakdown_repeats')
  for (const one of verified) expect(one).toMatchObject({ different: 0 })
}, 300_000)

/** Numbers with a fraction are equal to six digits. */
const close = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'number' && !Number.isInteger(value) ? expect.closeTo(value, 6) : value,
    ]),
  )
