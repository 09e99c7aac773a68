import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SiteSchema } from '../../proto/gen/userflow/v1/admin_pb.ts'
import { Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'
import { comparedDays, likeForLike } from './compare.ts'
import { addDays, addMonths, isDay, lastOfMonth } from './dates.ts'
import { readFilter, type ViewFilter, withValue, writeFilter } from './filters.ts'
import { daysOf, type Period, periodKinds, stepPeriod } from './period.ts'
import { parseSearch, writeSearch } from './search.ts'
import { zoneFor } from './sites.ts'
import { readView, type View, writeView } from './view.ts'
import { dayIn, momentOf, startOfDay, wallTextOf } from './zone.ts'

const day = fc
  .integer({ min: 0, max: 36_000 })
  .map((days) => addDays('2000-01-01', days))
  .filter(isDay)
const filter: fc.Arbitrary<ViewFilter> = fc
  .record({
    dimension: fc.integer({ min: 1, max: 23 }) as fc.Arbitrary<Dimension>,
    key: fc.string({ minLength: 1, unit: 'grapheme' }),
    operator: fc.integer({ min: 1, max: 4 }) as fc.Arbitrary<FilterOperator>,
    values: fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ key, ...one }) => ({ ...one, property: one.dimension === Dimension.PROPERTY ? key : '' }))
const period: fc.Arbitrary<Period> = fc.oneof(
  fc.constantFrom(...periodKinds.filter((kind) => kind !== 'custom')).map((kind) => ({ kind })),
  fc.tuple(fc.constantFrom('day', '7d', 'month', 'year'), day).map(([kind, date]) => ({ kind, date }) as Period),
  fc
    .tuple(day, fc.nat(400))
    .filter(([first, days]) => isDay(addDays(first, days)))
    .map(([first, days]) => ({ kind: 'custom', first, last: addDays(first, days) }) as Period),
)
const view: fc.Arbitrary<View> = fc.record({
  siteId: fc.nat(999_999),
  period,
  compare: fc.record({ kind: fc.constantFrom('none', 'previous', 'year'), weekdays: fc.boolean() }),
  filters: fc.array(filter, { maxLength: 5 }),
  bots: fc.boolean(),
  segmentId: fc.oneof(fc.constant(''), fc.uuid()),
  zone: fc.constantFrom('', 'Europe/Vienna'),
}) as fc.Arbitrary<View>

test('an address restores the view it was made from, whatever strangers wrote into its filters', () => {
  fc.assert(
    fc.property(view, (one) => {
      expect(readView(parseSearch(writeSearch(writeView(one))))).toEqual(one)
    }),
  )
})

test('no address throws, and none that is read names a filter the contract lacks', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, value) => {
      const { filters } = readView(parseSearch(`${text}&f=${value}&f=is,country,%E0%A4`))
      for (const one of filters) expect(one.operator).toBeGreaterThan(0)
    }),
  )
})

test('one filter in an address reads as a person would say it', () => {
  const one = { dimension: Dimension.COUNTRY, property: '', operator: FilterOperator.IS, values: ['DE', 'a,b'] }
  expect(writeFilter(one)).toBe('is,country,DE,a%2Cb')
  expect(readFilter('is,country')).toBeUndefined()
  expect(readFilter('is,planet,Mars')).toBeUndefined()
  expect(withValue([one], { ...one, values: ['AT', 'DE'] })).toEqual([{ ...one, values: ['DE', 'a,b', 'AT'] }])
})

test('a day begins at its first moment, also where the clocks leave midnight out or repeat it', () => {
  const at = (day: string, zone: string) => new Date(startOfDay(day, zone)).toISOString()
  expect(at('2026-07-01', 'Europe/Berlin')).toBe('2026-06-30T22:00:00.000Z')
  expect(at('2026-10-25', 'Europe/Berlin')).toBe('2026-10-24T22:00:00.000Z')
  // São Paulo's clocks went from 23:59 to 01:00.
  expect(at('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z')
  // Havana's went back from 01:00 to 00:00, so midnight occurs twice.
  expect(at('2025-11-02', 'America/Havana')).toBe('2025-11-02T04:00:00.000Z')
  expect(at('2026-01-01', 'Pacific/Kiritimati')).toBe('2025-12-31T10:00:00.000Z')
})

test('every day of every zone begins with its own date, and one millisecond earlier is the day before', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/Havana', 'Asia/Kathmandu', 'Australia/Lord_Howe')
  fc.assert(
    fc.property(day, zone, (one, where) => {
      const start = startOfDay(one, where)
      expect(dayIn(start, where)).toBe(one)
      expect(dayIn(start - 1, where) < one).toBe(true)
    }),
  )
})

test('periods end today or with their month, and arrows move them by their own length', () => {
  const today = '2026-11-22'
  expect(daysOf({ kind: '7d' }, today)).toEqual({ first: '2026-11-16', last: today })
  expect(daysOf({ kind: 'month' }, today)).toEqual({ first: '2026-11-01', last: '2026-11-30' })
  expect(daysOf({ kind: '12m' }, today)).toEqual({ first: '2025-12-01', last: '2026-11-30' })
  expect(stepPeriod({ kind: 'day' }, { by: -1, today })).toEqual({ kind: 'day', date: '2026-11-21' })
  expect(stepPeriod({ kind: 'day', date: '2026-11-21' }, { by: 1, today })).toEqual({ kind: 'day' })
  expect(stepPeriod({ kind: 'month' }, { by: -1, today })).toEqual({ kind: 'month', date: '2026-10-01' })
  expect(stepPeriod({ kind: '7d' }, { by: 1, today })).toEqual({ kind: '7d' })
  expect([addMonths('2024-01-31', 1), lastOfMonth('2026-02-10')]).toEqual(['2024-02-29', '2026-02-28'])
})

test('a step back and one forth is where it began', () => {
  const moving = fc.constantFrom('day' as const, '7d' as const, '30d' as const)
  fc.assert(
    fc.property(moving, day, (kind, today) => {
      fc.pre(isDay(addDays(today, -40)))
      const back = stepPeriod({ kind }, { by: -1, today })
      expect(stepPeriod(back, { by: 1, today })).toEqual({ kind })
    }),
  )
})

test('the period compared with is as long and does not overlap; matched, it begins on the same day of the week', () => {
  const kind = fc.constantFrom('previous' as const, 'year' as const)
  fc.assert(
    fc.property(day, fc.nat(360), kind, fc.boolean(), (first, days, with_, weekdays) => {
      const compared = comparedDays({ first, last: addDays(first, days) }, { kind: with_, weekdays })!
      expect(addDays(compared.first, days)).toBe(compared.last)
      expect(compared.last < first).toBe(true)
      const weekday = (one: string) => new Date(one).getUTCDay()
      if (weekdays) expect(weekday(compared.first)).toBe(weekday(first))
    }),
  )
})

test('what has not happened yet is not compared with what has', () => {
  const hour = 3_600_000
  const today = { fromMs: 24 * hour, toMs: 48 * hour }
  const before = { fromMs: 0, toMs: 24 * hour }
  expect(likeForLike(today, before, 30 * hour)).toEqual({ fromMs: 0, toMs: 6 * hour })
  expect(likeForLike(today, before, 50 * hour)).toEqual(before)
})

test('a moment comes back from what the clocks of its zone show, also where they change', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia']
  const minutes = fc.integer({ min: 0, max: 40 * 525_600 }).map((minute) => Date.UTC(2000, 0) + minute * 60_000)
  fc.assert(
    fc.property(minutes, fc.constantFrom(...zones), (ms, zone) => {
      const text = wallTextOf(ms, zone)
      expect(wallTextOf(momentOf(text, zone), zone)).toBe(text)
      expect(momentOf(text, zone)).toBeLessThanOrEqual(ms)
    }),
  )
  expect(momentOf('2026-10-25T02:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 0, 30))
  expect(wallTextOf(momentOf('2026-03-29T02:30', 'Europe/Berlin'), 'Europe/Berlin')).toBe('2026-03-29T03:30')
  expect(momentOf('', 'UTC')).toBeNaN()
})

test('days are those of the site, or of all sites those of most of them unless another one of theirs is chosen', () => {
  const sites = ['UTC', 'Europe/Vienna', 'Asia/Tokyo', 'Asia/Tokyo', 'Of/Nowhere'].map((timeZone, at) =>
    create(SiteSchema, { siteId: at + 1, timeZone }),
  )
  expect(zoneFor(sites, { siteId: 2, zone: 'Asia/Tokyo' })).toBe('Europe/Vienna')
  expect(zoneFor(sites, { siteId: 0, zone: '' })).toBe('Asia/Tokyo')
  expect(zoneFor(sites, { siteId: 0, zone: 'UTC' })).toBe('UTC')
  expect(zoneFor(sites, { siteId: 0, zone: 'America/New_York' })).toBe('Asia/Tokyo')
  expect(zoneFor(sites.slice(0, 3), { siteId: 0, zone: '' })).toBe('Asia/Tokyo')
  expect(zoneFor(sites.slice(0, 2), { siteId: 0, zone: '' })).toBe('Europe/Vienna')
})
