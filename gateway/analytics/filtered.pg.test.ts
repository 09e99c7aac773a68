import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OverviewRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer } from './answer.ts'
import { begunIn, eventsOf, naiveOverview, naiveOverviewOfSessions } from './naive.case.ts'
import { areAllOfSessions, filtered, naiveFilter } from './naive-filters.case.ts'
import { overview } from './overview.ts'
import { toSqlTime } from './time.ts'
import { openWorld, periodRequest, someEvents, somePeriods, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'] as const
const someFilters = fc.array(naiveFilter, { minLength: 1, maxLength: 3 })

test('a filtered overview equals a count of what matches, one by one, for any filters', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, somePeriods, someFilters, async (events, periods, filters) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, events)
      for (const [index, period] of periods.entries()) {
        const some = filters.slice(0, 1 + (index % filters.length))
        const request = create(OverviewRequestSchema, { ...periodRequest(period), filters: some })
        const { meta, ...numbers } = await overview(world.reading, request, { companyId })
        const matching = filtered(events, some)
        const sessions = begunIn(matching.sessions, period)
        const bySession = areAllOfSessions(some)
        const expected = bySession
          ? naiveOverviewOfSessions(sessions)
          : naiveOverview(eventsOf(matching.events, period), sessions)
        for (const [name, value] of Object.entries(expected)) {
          expect(numbers[name as keyof typeof numbers], name).toBeCloseTo(value, 6)
        }
        expect(meta).toMatchObject({ metric: bySession ? 'overview_of_sessions' : 'overview_from_events' })
      }
    }),
    { numRuns: 55, endOnFailure: true },
  )
}, 300_000)

test('the overview from rollups equals itself computed from raw events', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, somePeriods, async (events, periods) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, events)
      for (const { from, to, sites, bots } of periods) {
        const parameters = { from_time: toSqlTime(from), to_time: toSqlTime(to), site_ids: sites, include_bots: bots }
        const ask = async (metric: string) =>
          (await answer(world.reading, { metric, caller: { companyId }, parameters })).rows
        expect(await ask('overview')).toEqual(await ask('overview_from_events'))
      }
    }),
    { numRuns: 25, endOnFailure: true },
  )
}, 300_000)
