import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Filter } from '../../sql/filters.ts'
import { sealDays } from '../../sql/seal-days.ts'
import { verifySealedDays } from '../../sql/sealed-tables.ts'
import { type EventRow, storeEvents } from '../../test/support/store-events.ts'
import { answer } from './answer.ts'
import { openWorld, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['Europe/Berlin', 'Europe/Berlin', 'Asia/Kathmandu'] as const
const start = Date.UTC(2026, 2, 23) // the clocks of Europe change on the 29th
const hourMs = 3_600_000
const hours = 24 * 10

/** Few visitors and pages, so that most come back to a page; a session may last over midnight and go on on another site. */
const event: fc.Arbitrary<EventRow> = fc
  .record({
    hour: fc.nat(hours),
    site: fc.constantFrom(1, 1, 1, 2, 3, 4),
    visitor: fc.constantFrom(null, 'v1', 'v2', 'v3', 'v4'),
    session: fc.constantFrom(null, 's1', 's2', 's3', 's4', 's5', 's6'),
    page: fc.constantFrom(null, '/', '/a', '/b'),
    type: fc.constantFrom('page_view', 'page_view', 'page_view', 'click', 'scroll'),
    depth: fc.constantFrom(null, 0, 25, 25, 50, 99.5, 100),
    bot: fc.constantFrom(false, false, false, true),
    country: fc.constantFrom(null, 'DE', 'DE', 'AT'),
    referrer: fc.constantFrom(null, null, 'example.com'),
    user: fc.constantFrom(null, null, 'u1'),
  })
  .map(({ hour, site, visitor, session, page, type, bot, depth, country, referrer, user }) => ({
    event_timestamp: new Date(start + hour * hourMs).toISOString(),
    site_id: site,
    visitor_id: visitor,
    session_id: session,
    page_path: page,
    event_type: type,
    is_bot: bot,
    value: type === 'scroll' ? depth : null,
    load_ms: type === 'page_view' ? 10 * hour : null,
    country,
    referrer_domain: referrer,
    user_id: user,
  }))

/** Rounds of storing, after which days are sealed or not: later rounds reopen days that are sealed and chained. */
const rounds = fc.array(
  fc.record({
    events: fc.array(event, { maxLength: 30, size: 'max' }),
    leastEvents: fc.constantFrom(undefined, 1, 1, 3),
  }),
  { minLength: 2, maxLength: 5, size: 'max' },
)
/** On places, which rows of views have in common, and on what each view has by itself. */
const filters: fc.Arbitrary<Filter[]> = fc.constantFrom<Filter[]>(
  [{ dimension: 'country', operator: 'is', values: ['DE'] }],
  [{ dimension: 'country', operator: 'is_not', values: ['AT', ''] }],
  [{ dimension: 'referrer', operator: 'contains', values: ['example'] }],
  [
    { dimension: 'country', operator: 'is', values: ['DE', ''] },
    { dimension: 'user', operator: 'is_not', values: ['yes'] },
  ],
)
const period = fc
  .record({
    ends: fc.tuple(fc.nat(hours), fc.nat(hours)).filter(([a, b]) => a !== b),
    sites: fc.constantFrom([], [], [1], [2, 3, 4]),
    bots: fc.boolean(),
    filters,
  })
  .map(({ ends, sites, bots, filters }) => ({
    filters,
    from_time: new Date(start + Math.min(...ends) * hourMs).toISOString(),
    to_time: new Date(start + Math.max(...ends) * hourMs).toISOString(),
    site_ids: sites,
    include_bots: bots,
  }))

test('whatever days are sealed, chained, reopened or never sealed, pages and content from sums, and filtered from views, equal those from the events', async () => {
  let chained = 0
  await fc.assert(
    fc.asyncProperty(rounds, fc.array(period, { minLength: 4, maxLength: 4 }), async (stored, periods) => {
      const companyId = await world.newCompany(zones)
      for (const { events, leastEvents } of stored) {
        await storeEvents(world.db, { events: events.map((one) => ({ ...one, company_id: companyId })) })
        if (leastEvents !== undefined) await sealDays(world.db, { forMs: 10_000, leastEvents })
        for (const [index, { filters, ...asked }] of periods.entries()) {
          const parameters = { ...asked, order_by: index % 2 ? 'sessions' : 'visitors', row_limit: 100, row_offset: 0 }
          const metric = index % 2 ? 'content' : 'pages'
          const ask = (name: string, conditions: Filter[] = []) =>
            answer(world.reading, { metric: name, caller: { companyId }, parameters, filters: conditions })
          expect((await ask(metric)).rows).toEqual((await ask(`${metric}_from_events`)).rows)
          if (index > 1) continue
          const [sealed, raw] = [await ask(`${metric}_of_views`, filters), await ask(`${metric}_from_events`, filters)]
          expect(sealed.rows).toEqual(raw.rows)
        }
        for (const asked of periods) {
          const runs = await world.db.query('select * from chained_run($1, $2, $3)', [
            companyId,
            asked.from_time,
            asked.to_time,
          ])
          chained += runs.length
        }
      }
    }),
    { numRuns: 30, endOnFailure: true },
  )
  expect(chained).toBeGreaterThan(50)
  const verified = await world.db.transaction('begin isolation level repeatable read, read only', verifySealedDays)
  expect(verified.map(({ rollup }) => rollup)).toContain('page_repeats')
  for (const one of verified) expect(one).toMatchObject({ different: 0 })
}, 300_000)
