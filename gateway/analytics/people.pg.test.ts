import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ActivityRequestSchema,
  ListSessionEventsRequestSchema,
  ListSessionsRequestSchema,
  LiveRequestSchema,
  UserStatisticsRequestSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { activity } from './activity.ts'
import { live } from './live.ts'
import {
  asked,
  begunIn,
  countVisitors,
  eventsOf,
  type NaiveEvent,
  naivePeriod,
  sortedBy,
  sortedEvents,
  toAutumn,
} from './naive.case.ts'
import { intervalOf } from './naive-answers.case.ts'
import { filtered, type NaiveFilter, naiveFilter } from './naive-filters.case.ts'
import { listSessionEvents, listSessions } from './sessions.ts'
import { fromMicros } from './time.ts'
import { userStatistics } from './user-statistics.ts'
import { openWorld, periodRequest, someEvents, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const someFilters: fc.Arbitrary<NaiveFilter[]> = fc.array(naiveFilter, { maxLength: 2 })
const fewFilters = fc.oneof(fc.constant<NaiveFilter[]>([]), someFilters)
const zone = fc.constantFrom('UTC', 'Europe/Lisbon', 'Atlantic/Azores', 'Asia/Kathmandu')
const zones = fc.tuple(zone, zone)
const runs = { numRuns: 45, endOnFailure: true }

/** Stores the events for a new company whose three sites keep the days of one zone, unless the second has its own. */
async function stored(
  events: readonly NaiveEvent[],
  timeZone = 'UTC',
  ofOthers = timeZone,
): Promise<{ companyId: number }> {
  const companyId = await world.newCompany([timeZone, ofOthers, timeZone])
  await world.storeAll(companyId, events)
  return { companyId }
}

test('live: visitors of five minutes, events a second of one, and the latest events, all that match', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, naivePeriod, someFilters, async (events, { to, sites, bots }, filters) => {
      const caller = await stored(events)
      const request = { at: fromMicros(to), siteIds: [...sites], includeBots: bots, filters, limit: 3 }
      const answered = await live(world.reading, create(LiveRequestSchema, request), caller)
      const matching = filtered(events, filters).events
      const last = (micros: number) => eventsOf(matching, { from: to - micros, to, sites, bots })
      expect(answered.visitors).toBe(countVisitors(last(300e6)))
      expect(answered.eventsPerSecond).toBeCloseTo(last(60e6).length / 60, 9)
      const latest = sortedBy(last(to), (event) => `${String(event.at).padStart(17, '0')}${event.id}`).toReversed()
      expect(answered.events!.map((event) => event.eventId)).toEqual(latest.slice(0, 3).map((event) => event.id))
    }),
    runs,
  )
}, 300_000)

test('activity: each hour of the week by the clocks of the zone equals a count one by one', async () => {
  await fc.assert(
    fc.asyncProperty(
      someEvents,
      naivePeriod,
      fewFilters,
      zones,
      async (events, period, filters, [timeZone, ofSites]) => {
        const caller = await stored(events, ofSites)
        const request = create(ActivityRequestSchema, { question: { ...periodRequest(period), filters, timeZone } })
        const { rows } = await activity(world.reading, request, caller)
        expect(rows).toHaveLength(168)
        const counted = eventsOf(filtered(events, filters).events, period)
        const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
        const format = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' })
        const hourOf = (event: NaiveEvent): number => {
          const parts = format.formatToParts(new Date(Math.floor(event.at / 1e3)))
          const part = (type: string) => parts.find((one) => one.type === type)!.value
          return days.indexOf(part('weekday')) * 24 + Number(part('hour'))
        }
        for (const [index, row] of rows!.entries()) {
          const group = counted.filter((event) => hourOf(event) === index)
          expect(row).toEqual({
            weekday: Math.floor(index / 24) + 1,
            hour: index % 24,
            visitors: [...Map.groupBy(group, ({ at }) => intervalOf(at, timeZone, 'hour')).values()]
              .map(countVisitors)
              .reduce((sum, visitors) => sum + visitors, 0),
            events: group.length,
            pageViews: group.filter((event) => event.type === 'page_view').length,
          })
        }
      },
    ),
    runs,
  )
}, 300_000)

test('sessions: page by page, each that began once, the latest begun first; its events page by page in their order', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, naivePeriod, someFilters, async (events, period, filters) => {
      const caller = await stored(events)
      const expected = sortedBy(
        begunIn(filtered(events, filters).sessions, period),
        (session) => `${String(session.startedAt).padStart(17, '0')}${session.id}`,
      ).toReversed()
      const found: (string | undefined)[] = []
      let after = ''
      do {
        const request = create(ListSessionsRequestSchema, {
          question: { ...periodRequest(period), filters },
          limit: 2,
          after,
        })
        const answered = await listSessions(world.reading, request, caller)
        found.push(...answered.sessions!.map((session) => session.sessionId))
        after = answered.next!
      } while (after !== '')
      expect(found).toEqual(expected.map((session) => session.id))

      for (const session of expected.slice(0, 2)) {
        const shown: (string | undefined)[] = []
        let next = ''
        do {
          const request = create(ListSessionEventsRequestSchema, { sessionId: session.id, limit: 3, after: next })
          const answered = await listSessionEvents(world.reading, request, caller)
          shown.push(...answered.events!.map((event) => event.eventId))
          next = answered.next!
        } while (next !== '')
        expect(shown).toEqual(sortedEvents(session.events).map((event) => event.id))
      }
    }),
    runs,
  )
}, 300_000)

test('user statistics equal a count one by one: active people by days of the zone, new ones, sign-ups', async () => {
  await fc.assert(
    fc.asyncProperty(
      someEvents,
      naivePeriod,
      someFilters,
      fc.tuple(zone, zone),
      fc.boolean(),
      async (spring, inSpring, filters, [timeZone, ofOthers], isAutumn) => {
        const delta = isAutumn ? toAutumn : 0
        const events = spring.map((event) => ({ ...event, at: event.at + delta }))
        const period = { ...inSpring, from: inSpring.from + delta, to: inSpring.to + delta }
        const caller = await stored(events, timeZone, ofOthers)
        const question = { ...periodRequest(period), filters, timeZone }
        const request = create(UserStatisticsRequestSchema, { question })
        const { meta: _, ...found } = await userStatistics(world.reading, request, caller)
        const matching = filtered(events, filters).events
        const users = (some: readonly NaiveEvent[]) => new Set(some.flatMap((event) => event.user ?? [])).size
        const present = eventsOf(matching, period)
        const before = new Set(events.filter((event) => event.at < period.from).map(visitorOf))
        const isNew = present.filter((event) => event.visitor && !before.has(visitorOf(event)))
        const signUps = matching.filter(
          (event) => event.type === 'custom' && event.name === 'signup' && asked(period, event),
        )
        const early = new Set(signUps.filter((event) => event.at < period.from).map((event) => event.user))
        const signedUp = signUps.filter(
          (event) => event.at >= period.from && event.at < period.to && !early.has(event.user),
        )
        const last = (days: number) => {
          const from = daysBefore(period.to, days, timeZone)
          return eventsOf(matching, { ...period, from })
        }
        expect(found).toEqual({
          dailyVisitors: countVisitors(last(1)),
          weeklyVisitors: countVisitors(last(7)),
          monthlyVisitors: countVisitors(last(30)),
          visitorStickiness: expect.closeTo(countVisitors(last(1)) / (countVisitors(last(30)) || 1), 9),
          dailyUsers: users(last(1)),
          weeklyUsers: users(last(7)),
          monthlyUsers: users(last(30)),
          userStickiness: expect.closeTo(users(last(1)) / (users(last(30)) || 1), 9),
          newVisitors: countVisitors(isNew),
          returningVisitors: countVisitors(present) - countVisitors(isNew),
          signups: users(signedUp),
          timeZone,
        })
      },
    ),
    runs,
  )
}, 300_000)

const visitorOf = (event: NaiveEvent): string => `${event.site}|${event.bot}|${event.visitor}`

/** The first moment whose clock is so many days behind that of the given one; an hour later where that hour is left out. */
function daysBefore(micros: number, days: number, timeZone: string): number {
  const clock = (at: number): number => {
    const text = new Date(Math.floor(at / 1e3)).toLocaleString('sv', { timeZone })
    return Date.parse(`${text.replace(' ', 'T')}Z`) * 1e3 + (at % 1e6)
  }
  const wanted = clock(micros) - days * 86_400e6
  const near = Array.from({ length: 25 }, (_, quarter) => micros - days * 86_400e6 + (quarter - 12) * 900e6)
  return near.find((at) => clock(at) === wanted) ?? near.find((at) => clock(at) === wanted + 3_600e6)!
}
