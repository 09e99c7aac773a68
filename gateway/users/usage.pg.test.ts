import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Interval, type People } from '../../proto/gen/userflow/v1/question_pb.ts'
import {
  AdoptionRequestSchema,
  FormsRequestSchema,
  StickinessRequestSchema,
} from '../../proto/gen/userflow/v1/users_pb.ts'
import { sealDays } from '../../sql/seal-days.ts'
import {
  asked,
  countVisitors,
  eventsOf,
  type NaiveEvent,
  naiveEvent,
  naivePeriod,
  sortedBy,
} from '../analytics/naive.case.ts'
import { intervalOf } from '../analytics/naive-answers.case.ts'
import { dayOf, longPeriod, manyDays } from '../analytics/naive-days.case.ts'
import { filtered, type NaiveFilter, naiveFilter } from '../analytics/naive-filters.case.ts'
import { personOf, somePeople } from '../analytics/naive-segments.case.ts'
import { fromMicros, toMicros } from '../analytics/time.ts'
import { openWorld, periodRequest, type World } from '../analytics/world.case.ts'
import { createUserMethods } from './user-methods.ts'

let world: World
let methods: ReturnType<typeof createUserMethods>
beforeAll(async () => {
  world = await openWorld()
  methods = createUserMethods(world.reading)
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Atlantic/Azores', 'Asia/Kathmandu'] as const
const someFilters: fc.Arbitrary<NaiveFilter[]> = fc.array(naiveFilter, { maxLength: 1 })
const feature: fc.Arbitrary<NaiveFilter[]> = fc.array(naiveFilter, { minLength: 1, maxLength: 2 })
const runs = { numRuns: 40, endOnFailure: true }

async function stored(events: readonly NaiveEvent[]): Promise<{ companyId: number }> {
  const companyId = await world.newCompany(zones)
  await world.storeAll(companyId, events)
  return { companyId }
}

const countPeople = (events: readonly NaiveEvent[], people: People): number =>
  new Set(events.flatMap((event) => personOf(event, people) ?? [])).size

test('adoption: who is active and who uses the feature, interval by interval and in all, counted one by one', async () => {
  const unit = fc.constantFrom('day' as const, 'week' as const, 'month' as const)
  const zone = fc.constantFrom('UTC', 'Europe/Lisbon', 'America/Havana')
  const how = fc.record({ unit, timeZone: zone, people: somePeople })
  await fc.assert(
    fc.asyncProperty(manyDays, longPeriod, someFilters, feature, how, async (all, period, filters, used, by) => {
      const caller = await stored(all)
      const { unit, timeZone, people } = by
      const interval = { day: Interval.DAY, week: Interval.WEEK, month: Interval.MONTH }[unit]
      const question = { ...periodRequest(period), filters, timeZone }
      const request = create(AdoptionRequestSchema, { question, feature: used, people, interval })
      const { rows, total } = await methods.adoption(request, caller)
      const active = eventsOf(filtered(all, filters).events, period).filter((event) => personOf(event, people))
      const uses = new Set(filtered(all, used).events)
      const count = (events: readonly NaiveEvent[]) => {
        const ofFeature = events.filter((event) => uses.has(event))
        const [present, adopted] = [countPeople(events, people), countPeople(ofFeature, people)]
        return { active: present, adopted, uses: ofFeature.length, share: expect.closeTo(adopted / (present || 1), 9) }
      }
      expect(total).toMatchObject({ ...count(active), from: fromMicros(period.from), to: fromMicros(period.to) })
      let next = period.from
      for (const row of rows!) {
        const from = toMicros({
          $typeName: 'google.protobuf.Timestamp',
          ...(row.from as { seconds: bigint; nanos: number }),
        })
        const to = toMicros({
          $typeName: 'google.protobuf.Timestamp',
          ...(row.to as { seconds: bigint; nanos: number }),
        })
        expect(from).toBe(next)
        next = to
        const name = intervalOf(from, timeZone, unit)
        expect(intervalOf(to - 1, timeZone, unit)).toBe(name)
        expect(row).toMatchObject(count(active.filter((event) => intervalOf(event.at, timeZone, unit) === name)))
      }
      expect(next).toBe(period.to)
    }),
    runs,
  )
}, 300_000)

test('stickiness: who was there in the last 1, 7 and 30 days of each day, by rollups and by events, counted one by one', async () => {
  const how = fc.record({ timeZone: fc.constantFrom('', 'America/Havana'), people: somePeople, filters: someFilters })
  const metrics = new Set<string>()
  await fc.assert(
    fc.asyncProperty(manyDays, longPeriod, how, async (all, period, { timeZone, people, filters }) => {
      const caller = await stored(all)
      const question = { ...periodRequest(period), filters, timeZone }
      const request = create(StickinessRequestSchema, { question, people })
      const { rows, timeZone: zone, meta } = await methods.stickiness(request, caller)
      metrics.add(meta!.metric!)
      const matching = filtered(all, filters).events.filter((event) => asked(period, event))
      const zoneOf = (site: number) => zone || zones[site - 1]!
      const days = matching.map((event) => ({ event, day: dayOf(event.at, zoneOf(event.site)) }))
      const sites = zone ? [1] : period.sites.length > 0 ? period.sites : [1, 2, 3]
      const first = Math.min(...sites.map((site) => dayOf(period.from, zoneOf(site))))
      const last = Math.max(...sites.map((site) => dayOf(period.to - 1, zoneOf(site))))
      const expected = Array.from({ length: last - first + 1 }, (_, index) => {
        const there = (back: number) => {
          const until = first + index
          const some = days.filter(({ day }) => day <= until && day > until - back)
          return countPeople(
            some.map(({ event }) => event),
            people,
          )
        }
        return {
          day: new Date((first + index) * 86_400_000).toISOString().slice(0, 10),
          daily: there(1),
          weekly: there(7),
          monthly: there(30),
          stickiness: expect.closeTo(there(1) / (there(30) || 1), 9),
        }
      })
      expect(rows).toEqual(expected)
    }),
    runs,
  )
  expect(metrics).toEqual(new Set(['stickiness', 'stickiness_of_days', 'stickiness_from_events']))
}, 300_000)

/** Events of forms, and others that look like them. */
const formEvent = fc
  .tuple(
    naiveEvent,
    fc.constantFrom('form_submit', 'custom', 'custom', 'click'),
    fc.constantFrom('form_view', 'form_start', 'signup', null),
    fc.constantFrom('#a', '#b', null),
    fc.constantFrom(null, 0, 1_500, 4_000),
  )
  .map(([event, type, name, form, durationMs]) => ({ ...event, type, name, form, durationMs }))

test('forms: views, starts and submits of each form of a page, and by how many visitors, counted one by one', async () => {
  const store = async (events: readonly (NaiveEvent & { form: string | null; durationMs: number | null })[]) => {
    const caller = await stored(events)
    // What a form's event carries has no place in the naive event: it is put where the event lies.
    for (const { id, type, form, durationMs } of events) {
      const isSubmit = type === 'form_submit'
      await world.db.query(
        `update stored_events set element_selector = $2, duration_ms = $3, metadata = $4 where event_id = $1`,
        [id, isSubmit ? form : null, durationMs, isSubmit || form === null ? null : { form }],
      )
    }
    await world.db.query('update sealed_days set is_sealed = false where company_id = $1', [caller.companyId])
    if (caller.companyId % 2 === 0) await sealDays(world.db, { forMs: 10_000, leastEvents: 2 })
    return caller
  }
  await fc.assert(
    fc.asyncProperty(fc.array(formEvent, { maxLength: 25, size: 'max' }), naivePeriod, async (events, of) => {
      const caller = await store(events)
      const ask = (page: object) =>
        methods.forms(create(FormsRequestSchema, { question: periodRequest(of), ...page }), caller)
      const steps = (eventsOf(events, of) as typeof events).flatMap((event) => {
        const step = event.type === 'form_submit' ? 'submit' : event.type === 'custom' ? event.name : undefined
        return step === 'submit' || step === 'form_view' || step === 'form_start' ? [{ event, step }] : []
      })
      const groups = Object.values(
        Object.groupBy(steps, ({ event }) => JSON.stringify([event.page ?? '', event.form ?? ''])),
      )
      const expected = groups.map((group) => {
        const at = (wanted: string) => group!.filter(({ step }) => step === wanted).map(({ event }) => event)
        const [views, starts, submits] = [at('form_view'), at('form_start'), at('submit')]
        const times = submits.flatMap((event) => event.durationMs || []).toSorted((a, b) => a - b)
        const half = (times.length - 1) / 2
        return {
          page: group![0]!.event.page ?? '',
          form: group![0]!.event.form ?? '',
          views: views.length,
          starts: starts.length,
          submits: submits.length,
          viewers: countVisitors(views),
          starters: countVisitors(starts),
          submitters: countVisitors(submits),
          ...(times.length > 0 && { medianSeconds: (times[Math.floor(half)]! + times[Math.ceil(half)]!) / 2_000 }),
        }
      })
      const down = (count: number) => String(1_000 - count).padStart(4, '0')
      const inOrder = sortedBy(
        expected,
        ({ submits, starts, views, page, form }) => `${down(submits)}|${down(starts)}|${down(views)}|${page} ${form}`,
      )
      const { rows, total } = await ask({})
      expect(rows).toEqual(inOrder)
      expect(total).toBe(inOrder.length)
      expect((await ask({ limit: 1, offset: 1 })).rows).toEqual(rows!.slice(1, 2))
    }),
    { numRuns: 30, endOnFailure: true },
  )
}, 300_000)

test('what adoption and stickiness cannot answer is refused by name, and the edge is answered', async () => {
  const caller = await stored([])
  const days = (count: number) => ({ from: fromMicros(0), to: fromMicros(count * 86_400e6) })
  const one = [{ dimension: 21, operator: 1, values: ['x'] }]
  const adopt = (request: object) => methods.adoption(create(AdoptionRequestSchema, request), caller)
  const message = (text: RegExp) => ({ code: 'PARAMETER_INVALID', message: expect.stringMatching(text) })
  await expect(adopt({ question: days(1) })).rejects.toMatchObject(message(/^feature: is required/))
  const hours = { question: days(1), feature: one, interval: Interval.HOUR }
  await expect(adopt(hours)).rejects.toMatchObject(message(/^interval: must be a day/))
  const tooMany = { question: days(10_001), feature: one, interval: Interval.DAY }
  await expect(adopt(tooMany)).rejects.toMatchObject(message(/^interval: makes more than 10,000/))
  expect((await adopt({ ...tooMany, question: days(10_000) })).rows).toHaveLength(10_000)
  const stick = (count: number) =>
    methods.stickiness(create(StickinessRequestSchema, { question: { ...days(count), siteIds: [1] } }), caller)
  await expect(stick(3_661)).rejects.toMatchObject(message(/^to: may be at most 3,660 days/))
  expect((await stick(3_660)).rows).toHaveLength(3_660)
})
