import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { People } from '../../proto/gen/userflow/v1/question_pb.ts'
import { ListUserEventsRequestSchema, ListUsersRequestSchema, UserOrder } from '../../proto/gen/userflow/v1/users_pb.ts'
import {
  begunIn,
  eventsOf,
  type NaiveEvent,
  type NaiveSession,
  naivePeriod,
  sessionsOf,
  sortedBy,
  sortedEvents,
} from '../analytics/naive.case.ts'
import { filtered, type NaiveFilter, naiveFilter } from '../analytics/naive-filters.case.ts'
import { naiveMembers, naiveSegment, personOfSession } from '../analytics/naive-segments.case.ts'
import { fromMicros } from '../analytics/time.ts'
import { openWorld, periodRequest, someEvents, somePeriods, type World } from '../analytics/world.case.ts'
import { createUserMethods } from './user-methods.ts'

let world: World
let methods: ReturnType<typeof createUserMethods>
beforeAll(async () => {
  world = await openWorld()
  methods = createUserMethods(world.reading)
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'] as const
const someFilters: fc.Arbitrary<NaiveFilter[]> = fc.array(naiveFilter, { maxLength: 1 })
const runs = { numRuns: 80, endOnFailure: true }

async function stored(events: readonly NaiveEvent[]): Promise<{ companyId: number }> {
  const companyId = await world.newCompany(zones)
  await world.storeAll(companyId, events)
  return { companyId }
}

const sum = (group: readonly NaiveSession[], of: (session: NaiveSession) => number) =>
  group.reduce((all, session) => all + of(session), 0)

/** The row of a person from the sessions that count for it. */
function rowOf(group: readonly NaiveSession[], people: People) {
  const latest = sortedBy(group, (session) => `${String(session.startedAt).padStart(17, '0')}|${session.id}`).at(-1)!
  const { entry } = latest
  const isUser = people === People.USERS
  return {
    personId: isUser ? personOfSession(latest, people)! : entry.visitor!,
    siteId: isUser ? 0 : entry.site,
    isBot: !isUser && entry.bot,
    firstSeen: Math.min(...group.map((session) => session.startedAt)),
    lastSeen: Math.max(...group.map((session) => session.endedAt)),
    sessions: group.length,
    events: sum(group, (session) => session.events.length),
    pageViews: sum(group, (session) => session.pageViews),
    country: entry.country ?? '',
    browser: entry.browser ?? '',
  }
}

const orders = {
  lastSeen: UserOrder.LAST_SEEN,
  firstSeen: UserOrder.FIRST_SEEN,
  sessions: UserOrder.SESSIONS,
  events: UserOrder.EVENTS,
}

test('users: everybody of the sessions that match, counted one by one, in each order and page by page', async () => {
  const asked = fc.record({
    people: fc.constantFrom(People.VISITORS, People.USERS),
    order: fc.constantFrom(...(Object.keys(orders) as (keyof typeof orders)[])),
    search: fc.constantFrom('', '', 'V', '1', '%'),
    segment: fc.option(naiveSegment, { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(someEvents, somePeriods, someFilters, asked, async (events, periods, filters, of) => {
      const caller = await stored(events)
      const { people, order, search, segment } = of
      for (const period of periods) {
        const ask = (page: object) => {
          const question = { ...periodRequest(period), filters, ...(segment ? { segment } : {}) }
          const request = { question, people, search, order: orders[order], ...page }
          return methods.listUsers(create(ListUsersRequestSchema, request), caller)
        }
        const isMember = segment ? naiveMembers(events, { period, segment }) : () => true
        const sessions = begunIn(filtered(events, filters).sessions, period).filter(
          (session) =>
            personOfSession(session, people) !== undefined &&
            isMember(segment && personOfSession(session, segment.people)),
        )
        const groups = Object.values(Object.groupBy(sessions, (session) => personOfSession(session, people)!))
        const rows = groups
          .map((group) => rowOf(group!, people))
          .filter(({ personId }) => personId.toLowerCase().includes(search.toLowerCase()))
        const expected = sortedBy(
          rows,
          (row) => `${String(9e15 - row[order]).padStart(18, '0')}|${row.personId}|${row.siteId}|${row.isBot}`,
        ).map((row) => ({ ...row, firstSeen: fromMicros(row.firstSeen), lastSeen: fromMicros(row.lastSeen) }))
        const { users, total } = await ask({})
        expect(users).toMatchObject(expected)
        expect([users!.length, total]).toEqual([expected.length, expected.length])
        expect((await ask({ limit: 1, offset: 1 })).users).toEqual(users!.slice(1, 2))
      }
    }),
    runs,
  )
}, 300_000)

test("a person's events come page by page in their order, each once, with the sessions they belong to", async () => {
  const asked = fc.record({
    people: fc.constantFrom(People.VISITORS, People.USERS),
    number: fc.constantFrom(1, 2),
  })
  let seen = 0
  await fc.assert(
    fc.asyncProperty(someEvents, naivePeriod, someFilters, asked, async (events, period, filters, of) => {
      const caller = await stored(events)
      const isUser = of.people === People.USERS
      const personId = `${isUser ? 'u' : 'v'}${of.number}`
      const matching = eventsOf(filtered(events, filters).events, period)
      const expected = sortedEvents(matching.filter((event) => (isUser ? event.user : event.visitor) === personId))
      const pages: Awaited<ReturnType<typeof methods.listUserEvents>>[] = []
      for (let after = ''; pages.length < 20; after = pages.at(-1)!.next!) {
        const question = { ...periodRequest(period), filters }
        const request = { question, people: of.people, personId, limit: 3, after }
        pages.push(await methods.listUserEvents(create(ListUserEventsRequestSchema, request), caller))
        if (pages.at(-1)!.next === '') break
      }
      expect(pages.flatMap((page) => page.events!.map((event) => event.eventId))).toEqual(expected.map(({ id }) => id))
      const all = sessionsOf(events)
      for (const page of pages) {
        const ids = new Set(page.events!.map((event) => event.sessionId))
        const sessions = all.filter(({ id }) => ids.has(id))
        const inOrder = sortedBy(sessions, ({ startedAt, id }) => `${String(startedAt).padStart(17, '0')}|${id}`)
        expect(page.sessions!.map((session) => session.sessionId)).toEqual(inOrder.map(({ id }) => id))
      }
      seen += expected.length
    }),
    runs,
  )
  expect(seen).toBeGreaterThan(20)
}, 300_000)

const period = { from: fromMicros(Date.UTC(2026, 2, 1) * 1e3), to: fromMicros(Date.UTC(2026, 3, 1) * 1e3) }
test.each([
  [{ order: 9 as UserOrder }, /^order: must be one of/],
  [{ people: 9 as People }, /^people: must be visitors or users/],
  [{ search: 'x'.repeat(201) }, /^search: may have at most 200/],
  [{ limit: 1_001 }, /^limit: may be at most 1,000/],
  [{ offset: 100_001 }, /^offset: may be at most 100,000/],
])('a list of users asked with %o is refused by name', async (more, message) => {
  const request = create(ListUsersRequestSchema, { question: period, ...more })
  const refused = { code: 'PARAMETER_INVALID', message: expect.stringMatching(message) }
  await expect(methods.listUsers(request, { companyId: 1 })).rejects.toMatchObject(refused)
})

test.each([
  [{ personId: '' }, /^person_id: must have 1 to 1,000/],
  [{ personId: 'x'.repeat(1_001) }, /^person_id: must have 1 to 1,000/],
  [{ personId: 'x', after: 'y' }, /^after: must be `next`/],
])('a timeline asked with %o is refused by name', async (more, message) => {
  const request = create(ListUserEventsRequestSchema, { question: period, ...more })
  const refused = { code: 'PARAMETER_INVALID', message: expect.stringMatching(message) }
  await expect(methods.listUserEvents(request, { companyId: 1 })).rejects.toMatchObject(refused)
})

test('what is just within the limits is answered, with text that Postgres cannot hold too', async () => {
  const caller = await stored([])
  const list = { question: period, search: '\ud800'.repeat(200), limit: 1_000, offset: 100_000 }
  expect(await methods.listUsers(create(ListUsersRequestSchema, list), caller)).toMatchObject({ users: [], total: 0 })
  const timeline = { question: period, personId: '\0'.repeat(1_000), limit: 1_000 }
  expect(await methods.listUserEvents(create(ListUserEventsRequestSchema, timeline), caller)).toMatchObject({
    next: '',
  })
})
