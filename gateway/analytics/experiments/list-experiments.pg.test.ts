import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ListExperimentsRequestSchema } from '../../../proto/gen/userflow/v1/experiments_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { sealDays } from '../../../sql/seal-days.ts'
import { storeEvents } from '../../../test/support/store-events.ts'
import { fromMicros } from '../time.ts'
import { openWorld } from '../world.case.ts'
import { listExperiments } from './list-experiments.ts'

const hourMs = 3_600_000
const march = Date.UTC(2026, 2, 27)
const names = ['a', 'b'] as const

const event = fc.record({
  at: fc.nat(95).map((hour) => march + hour * hourMs),
  site: fc.integer({ min: 1, max: 4 }),
  visitor: fc.constantFrom(null, 'v', 'w'),
  bot: fc.constantFrom(false, false, true),
  tried: fc.constantFrom<Readonly<Record<string, string>>[]>({}, { a: 'x' }, { a: 'y' }, { b: 'x' }, { a: 'x', b: '' }),
})
const events = fc.array(event, { minLength: 1, maxLength: 40, size: 'max' })
const period = fc
  .uniqueArray(fc.nat(96), { minLength: 2, maxLength: 2 })
  .map((hours) => hours.toSorted((a, b) => a - b).map((hour) => march + hour * hourMs))

test('experiments of sealed days and of others equal a count one by one, and so do they with filters', async () => {
  await using world = await openWorld()
  let sealed = 0
  await fc.assert(
    fc.asyncProperty(events, period, fc.boolean(), fc.boolean(), async (all, [from, to], bots, isSealed) => {
      const companyId = await world.newCompany(['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'])
      const rows = all.map(({ at, site, visitor, bot, tried }) => ({
        ...{ company_id: companyId, site_id: site, visitor_id: visitor, is_bot: bot, experiments: tried },
        event_timestamp: new Date(at).toISOString(),
      }))
      await storeEvents(world.db, { events: rows })
      if (isSealed) sealed += (await sealDays(world.db, { forMs: 10_000, leastEvents: 4 }))!.sealed
      const asked = all.filter(({ at, bot }) => at >= from! && at < to! && (bots || !bot))
      const expected = names.flatMap((experiment) => {
        const of = asked.filter(({ tried }) => tried[experiment] !== undefined)
        if (of.length === 0) return []
        const byVariant = Object.entries(Object.groupBy(of, ({ tried }) => tried[experiment]!))
        const times = of.map(({ at }) => at)
        return {
          experiment,
          firstSeen: fromMicros(Math.min(...times) * 1e3),
          lastSeen: fromMicros(Math.max(...times) * 1e3),
          variants: byVariant
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([variant, some]) => {
              const known = some!.filter(({ visitor }) => visitor !== null)
              const visitors = new Set(known.map((one) => `${one.site}|${one.bot}|${one.visitor}`)).size
              return { variant, visitors, events: some!.length }
            }),
        }
      })
      const question = { from: fromMicros(from! * 1e3), to: fromMicros(to! * 1e3), includeBots: bots }
      const anything = { dimension: Dimension.CHANNEL, property: '', operator: FilterOperator.CONTAINS, values: [''] }
      for (const filters of [[], [{ ...anything, operator: FilterOperator.IS }]]) {
        const request = create(ListExperimentsRequestSchema, { question: { ...question, filters } })
        const { experiments, meta } = await listExperiments(world.reading, request, { companyId })
        expect(meta!.metric).toBe(filters.length === 0 ? 'experiments' : 'experiments_from_events')
        const found = experiments!.toSorted((a, b) => (a.experiment! < b.experiment! ? -1 : 1))
        expect(found).toEqual(expected)
      }
    }),
    { numRuns: 25, endOnFailure: true },
  )
  expect(sealed).toBeGreaterThan(5)
}, 120_000)
