import fc from 'fast-check'
import { type NaivePeriod, naiveEvent } from './naive.case.ts'
import { intervalOf, type NaiveUnit } from './naive-answers.case.ts'

const dayMicros = 86_400e6
const time = fc
  .tuple(fc.integer({ min: 0, max: 70 }), fc.constantFrom(0, 1, -1, 1_800e6, 20 * 3_600e6))
  .map(([days, more]) => Date.UTC(2026, 8, 10) * 1e3 + days * dayMicros + more)
/** Up to 40 events of 70 days, across the autumn change of clocks. */
export const manyDays = fc.array(
  fc.tuple(naiveEvent, time).map(([event, at]) => ({ ...event, at })),
  { maxLength: 40, size: 'max' },
)
/** Periods of these days. */
export const longPeriod: fc.Arbitrary<NaivePeriod> = fc
  .record({
    ends: fc.tuple(time, time).filter(([a, b]) => a !== b),
    sites: fc.constantFrom([], [1], [2, 3]),
    bots: fc.boolean(),
  })
  .map(({ ends: [a, b], ...more }) => ({ ...more, from: Math.min(a, b), to: Math.max(a, b) }))

/** The day of a moment, as a number since 1970. */
export const dayOf = (micros: number, zone: string): number =>
  Date.parse(`${intervalOf(micros, zone, 'day')}T00:00:00Z`) / 86_400_000

/** The number of an interval, and its first day, by the calendar. */
export function unitOf(day: number, unit: NaiveUnit): { place: number; first: string } {
  const date = new Date(day * 86_400_000)
  if (unit === 'month') {
    const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1))
    return { place: date.getUTCFullYear() * 12 + date.getUTCMonth(), first: first.toISOString().slice(0, 10) }
  }
  const monday = intervalOf(day * dayMicros, 'UTC', unit)
  return { place: Math.floor(Date.parse(monday) / 86_400_000 / (unit === 'week' ? 7 : 1)), first: monday }
}
