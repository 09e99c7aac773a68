import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
  })
  .map(({ hour, site, visitor, session, page, type, bot, depth }) => ({
    event_timestamp: new Date(start + hour * hourMs).toISOString(),
    site_id: site,
    visitor_id: visitor,
    session_id: session,
    page_path: page,
    event_type: type,
    is_bot: bot,
    value: type === 'scroll' ? depth : null,
    load_ms: type === 'page_view' ? 10 * hour : null,
  }))

/** Rounds of storing, after which days are sealed or not: later rounds reopen days that are sealed and chained. */
const rounds = fc.array(
  fc.record({
    events: fc.array(event, { maxLength: 30, size: 'max' }),
    leastEvents: fc.constantFrom(undefined, 1, 1, 3),
  }),
  { minLength: 2, maxLength: 5, size: 'max' },
)
const period = fc
  .record({
    ends: fc.tuple(fc.nat(hours), fc.nat(hours)).filter(([a, b]) => a !== b),
    sites: fc.constantFrom([], [], [1], [2, 3, 4]),
    bots: fc.boolean(),
  })
  .map(({ ends, sites, bots }) => ({
    from_time: new Date(start + Math.min(...ends) * hourMs).toISOString(),
    to_time: new Date(start + Math.max(...ends) * hourMs).toISOString(),
    site_ids: sites,
    include_bots: bots,
  }))

test('whatever days are sealed, chained, reopened or never sealed, pages, content and end pages from sums are those of the raw rows', async () => {
  let chained = 0
  await fc.assert(
    fc.asyncProperty(rounds, fc.array(period, { minLength: 4, maxLength: 4 }), async (stored, periods) => {
      const companyId = await world.newCompany(zones)
      for (const { events, leastEvents } of stored) {
        await storeEvents(world.db, { events: events.map((one) => ({ ...one, company_id: companyId })) })
        if (leastEvents !== undefined) await sealDays(world.db, { forMs: 10_000, leastEvents })
        for (const [index, asked] of periods.entries()) {
          const parameters = { ...asked, order_by: index % 2 ? 'sessions' : 'visitors', row_limit: 100, row_offset: 0 }
          const metric = index % 2 ? 'content' : 'pages'
          const ask = (name: string) => answer(world.reading, { metric: name, caller: { companyId }, parameters })
          expect((await ask(metric)).rows).toEqual((await ask(`${metric}_from_events`)).rows)
          const dimension = companyId % 2 ? 'entry_page' : 'exit_page'
          if (index === 0) await expectEndPages(companyId, { ...asked, dimension })
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
  expect(verified.find(({ rollup }) => rollup === 'page_repeats')?.rows).toBeGreaterThan(50)
  expect(verified.find(({ rollup }) => rollup === 'sealed_page_spans')?.rows).toBeGreaterThan(5)
  for (const one of verified) expect(one).toMatchObject({ different: 0 })
}, 300_000)

test('four weeks that are added up are the sums of their days, and of days that change later', async () => {
  const companyId = await world.newCompany(zones)
  const events = Array.from({ length: 31 * 3 }, (_, n) => ({
    company_id: companyId,
    event_timestamp: new Date(start + (n % 31) * 24 * hourMs + 12 * hourMs + n * 1000).toISOString(),
    site_id: 1 + (n % 2),
    visitor_id: `v${n % 7}`,
    session_id: `s${n}`,
    page_path: `/${n % 3}`,
    event_type: n % 4 ? 'page_view' : 'scroll',
    value: n % 4 ? null : n,
  }))
  const late = { ...events[1]!, event_timestamp: new Date(start + 250 * hourMs).toISOString(), session_id: 'late' }
  for (const stored of [events, [late]]) {
    await storeEvents(world.db, { events: stored })
    await sealDays(world.db, { forMs: 60_000, leastEvents: 1 })
    const spans = 'select distinct span_days::int as days from sealed_page_spans where company_id = $1 order by 1'
    expect(await world.db.query(spans, [companyId])).toEqual([{ days: 7 }, { days: 28 }])
    for (const [first, end] of [
      [0, 31],
      [5, 30],
    ]) {
      const asked = {
        from_time: new Date(start + first! * 24 * hourMs).toISOString(),
        to_time: new Date(start + end! * 24 * hourMs).toISOString(),
        site_ids: [],
        include_bots: false,
      }
      const parameters = { ...asked, order_by: 'visitors', row_limit: 100, row_offset: 0 }
      const ask = (metric: string) => answer(world.reading, { metric, caller: { companyId }, parameters })
      expect((await ask('pages')).rows).toEqual((await ask('pages_from_events')).rows)
      expect((await ask('content')).rows).toEqual((await ask('content_from_events')).rows)
      await expectEndPages(companyId, { ...asked, dimension: 'exit_page' })
    }
  }
}, 120_000)

async function expectEndPages(companyId: number, asked: { dimension: 'entry_page' | 'exit_page' }): Promise<void> {
  const { dimension, ...period } = asked
  const ask = async (metric: string, more: object) => {
    const parameters = { ...period, ...more, order_by: 'visitors', row_limit: 100, row_offset: 0 }
    return (await answer(world.reading, { metric, caller: { companyId }, parameters, groupBy: { dimension } })).rows
  }
  expect(await ask('breakdown_of_end_pages', { dimension })).toEqual(await ask('breakdown_of_raw_sessions', {}))
}
