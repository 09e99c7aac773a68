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

const start = Date.UTC(2026, 2, 28) // the clocks of Europe change on the 29th
const hourMs = 3_600_000
const hours = 24 * 3

/** Places, sources and users differ within a session, which may go on over midnight and on another site. */
const event: fc.Arbitrary<EventRow> = fc
  .record({
    hour: fc.nat(hours * 4).map((quarter) => quarter / 4),
    site_id: fc.constantFrom(1, 1, 1, 2, 3),
    visitor_id: fc.constantFrom(null, 'v1', 'v2', 'v3'),
    session_id: fc.constantFrom(null, 's1', 's1', 's2', 's3'),
    page_path: fc.constantFrom(null, '/', '/a', '/b'),
    event_type: fc.constantFrom('page_view', 'page_view', 'page_view', 'scroll'),
    depth: fc.constantFrom(null, 0, 25, 99.5),
    is_bot: fc.constantFrom(false, false, false, true),
    country: fc.constantFrom(null, 'DE', 'DE', 'AT'),
    referrer_domain: fc.constantFrom(null, null, 'example.com'),
    user_id: fc.constantFrom(null, null, 'u1'),
  })
  .map(({ hour, depth, ...said }) => ({
    ...said,
    event_timestamp: new Date(start + hour * hourMs).toISOString(),
    value: said.event_type === 'scroll' ? depth : null,
  }))

/** On places, which rows of views have in common, and on what each view has by itself. */
const filters = fc.constantFrom<Filter[]>(
  [{ dimension: 'country', operator: 'is', values: ['DE'] }],
  [{ dimension: 'country', operator: 'is_not', values: ['AT', ''] }],
  [{ dimension: 'referrer', operator: 'contains', values: ['example'] }],
  [
    { dimension: 'country', operator: 'is', values: ['DE', ''] },
    { dimension: 'user', operator: 'is_not', values: ['yes'] },
  ],
)
const asked = fc.record({
  filters,
  ends: fc.tuple(fc.nat(hours), fc.nat(hours)).filter(([a, b]) => a !== b),
  sites: fc.constantFrom([], [], [1], [2, 3]),
  bots: fc.boolean(),
  metric: fc.constantFrom('pages', 'content'),
})

test('filtered pages and content from views of sealed days are those of the events', async () => {
  const cases = fc.tuple(
    fc.array(event, { maxLength: 40, size: 'max' }),
    fc.array(event, { maxLength: 8 }),
    fc.array(asked, { minLength: 5, maxLength: 5 }),
  )
  let found = 0
  await fc.assert(
    fc.asyncProperty(cases, async ([events, later, questions]) => {
      const companyId = await world.newCompany(['Europe/Berlin', 'Europe/Berlin', 'Asia/Kathmandu'])
      const store = (some: readonly EventRow[]) =>
        storeEvents(world.db, { events: some.map((one) => ({ ...one, company_id: companyId })) })
      await store(events)
      await sealDays(world.db, { forMs: 10_000, leastEvents: 2 })
      await store(later) // Days that are sealed and wait, with pages that no trait knows.
      for (const { ends, sites, bots, metric, filters } of questions) {
        const parameters = {
          from_time: new Date(start + Math.min(...ends) * hourMs).toISOString(),
          to_time: new Date(start + Math.max(...ends) * hourMs).toISOString(),
          site_ids: sites,
          include_bots: bots,
          order_by: 'sessions',
          row_limit: 100,
          row_offset: 0,
        }
        const ask = (name: string) =>
          answer(world.reading, { metric: name, caller: { companyId }, parameters, filters })
        const { rows } = await ask(`${metric}_of_views`)
        expect(rows).toEqual((await ask(`${metric}_from_events`)).rows)
        found += rows.length - 1
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
  expect(found).toBeGreaterThan(40)
  const verified = await world.db.transaction('begin isolation level repeatable read, read only', verifySealedDays)
  for (const table of ['sealed_views', 'sealed_vitals']) {
    expect(verified.find(({ rollup }) => rollup === table)).toMatchObject({ different: 0 })
  }
}, 300_000)
