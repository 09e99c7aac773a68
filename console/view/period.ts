import {
  addDays,
  addMonths,
  type Day,
  daysBetween,
  firstOfMonth,
  firstOfYear,
  isDay,
  lastOfMonth,
  lastOfYear,
} from './dates.ts'
import { type Search, textOf } from './search.ts'

/** The kinds of period; all but `custom` move with today unless a date is given. */
export const periodKinds = ['day', 'yesterday', '7d', '30d', 'month', 'year', '12m', 'custom'] as const
export type PeriodKind = (typeof periodKinds)[number]

/** A period as it stands in an address. */
export interface Period {
  readonly kind: PeriodKind
  /** The last day it is about; absent: today. */
  readonly date?: Day
  /** First and last day, of `custom` only. */
  readonly first?: Day
  readonly last?: Day
}

/** Days from the first to the last, both inclusive. */
export interface Days {
  readonly first: Day
  readonly last: Day
}

/** The longest a period may be chosen. */
const mostDays = 1_830

/** Reads a period; what is wrong or missing is the last seven days. */
export function readPeriod(search: Search): Period {
  const kind = periodKinds.find((one) => one === textOf(search, 'period')) ?? '7d'
  const [date, first, last] = ['date', 'from', 'to'].map((name) => {
    const text = textOf(search, name) ?? ''
    return isDay(text) ? text : undefined
  })
  if (kind === 'custom') {
    if (!first || !last || first > last || daysBetween(first, last) > mostDays) return { kind: '7d' }
    return { kind, first, last }
  }
  return date === undefined || kind === 'yesterday' ? { kind } : { kind, date }
}

/** Writes it; the last seven days are the usual period and need no word. */
export function writePeriod({ kind, date, first, last }: Period): Search {
  return { period: kind === '7d' && !date ? undefined : kind, date, from: first, to: last }
}

/** The days of a period, if today is this day. */
export function daysOf(period: Period, today: Day): Days {
  const date = period.date ?? today
  switch (period.kind) {
    case 'day':
      return { first: date, last: date }
    case 'yesterday':
      return { first: addDays(today, -1), last: addDays(today, -1) }
    case '7d':
      return { first: addDays(date, -6), last: date }
    case '30d':
      return { first: addDays(date, -29), last: date }
    case 'month':
      return { first: firstOfMonth(date), last: lastOfMonth(date) }
    case 'year':
      return { first: firstOfYear(date), last: lastOfYear(date) }
    case '12m':
      return { first: firstOfMonth(addMonths(date, -11)), last: lastOfMonth(date) }
    case 'custom':
      return { first: period.first ?? today, last: period.last ?? today }
  }
}

/** The period before or after; none begins after today. */
export function stepPeriod(period: Period, { by, today }: { by: 1 | -1; today: Day }): Period {
  const { first, last } = daysOf(period, today)
  if (period.kind === 'custom') {
    const days = (daysBetween(first, last) + 1) * by
    return first > addDays(today, -days)
      ? period
      : { ...period, first: addDays(first, days), last: addDays(last, days) }
  }
  const kind = period.kind === 'yesterday' ? 'day' : period.kind
  const date = stepDate({ kind, date: period.kind === 'yesterday' ? first : (period.date ?? today), by })
  if (date >= today) return { kind }
  return daysOf({ kind, date }, today).first > today ? period : { kind, date }
}

function stepDate({
  kind,
  date,
  by,
}: {
  kind: Exclude<PeriodKind, 'custom' | 'yesterday'>
  date: Day
  by: number
}): Day {
  switch (kind) {
    case 'day':
      return addDays(date, by)
    case '7d':
      return addDays(date, by * 7)
    case '30d':
      return addDays(date, by * 30)
    case 'month':
      return addMonths(firstOfMonth(date), by)
    case 'year':
    case '12m':
      return addMonths(firstOfMonth(date), by * 12)
  }
}
