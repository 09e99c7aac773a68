import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BreakdownOrder, BreakdownRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
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
  breakdown_of_sessions: naiveBySession,
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
    { numRuns: 200, endOnFailure: true },
  )
  expect(metrics.size).toBe(4)
}, 300_000)

/** Numbers with a fraction are equal to six digits. */
const close = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'number' && !Number.isInteger(value) ? expect.closeTo(value, 6) : value,
    ]),
  )
