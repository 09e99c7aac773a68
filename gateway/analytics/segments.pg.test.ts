import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OverviewRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { begunIn, eventsOf, naiveOverview } from './naive.case.ts'
import { filtered, naiveFilter } from './naive-filters.case.ts'
import { naiveMembers, naiveSegment, personOf, personOfSession } from './naive-segments.case.ts'
import { overview } from './overview.ts'
import { openWorld, periodRequest, someEvents, somePeriods, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'] as const
const someFilters = fc.array(naiveFilter, { maxLength: 1 })

test('a segment lets pass the events and sessions of people of whom every rule holds, counted one by one', async () => {
  const seen = { passed: 0, held: 0 }
  await fc.assert(
    fc.asyncProperty(someEvents, somePeriods, someFilters, naiveSegment, async (events, periods, filters, segment) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, events)
      const { people } = segment
      for (const period of periods) {
        const request = create(OverviewRequestSchema, { ...periodRequest(period), filters, segment })
        const { meta, ...numbers } = await overview(world.reading, request, { companyId })
        const isMember = naiveMembers(events, { period, segment })
        const counted = eventsOf(filtered(events, filters).events, period).filter((one) =>
          isMember(personOf(one, people)),
        )
        const sessions = begunIn(filtered(events, filters).sessions, period).filter((one) =>
          isMember(personOfSession(one, people)),
        )
        for (const [name, value] of Object.entries(naiveOverview(counted, sessions))) {
          expect(numbers[name as keyof typeof numbers], name).toBeCloseTo(value, 6)
        }
        seen.passed += counted.length
        seen.held += eventsOf(filtered(events, filters).events, period).length - counted.length
        expect(meta).toMatchObject({ metric: 'overview_from_events' })
      }
    }),
    { numRuns: 100, endOnFailure: true },
  )
  expect(Math.min(seen.passed, seen.held)).toBeGreaterThan(100)
}, 300_000)
