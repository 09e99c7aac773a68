import { addDays, addMonths, type Day, daysBetween } from './dates.ts'
import type { Days } from './period.ts'
import { type Search, textOf } from './search.ts'
import { endOfDay, startOfDay } from './zone.ts'

/** With what a period is compared. */
export const compareKinds = ['none', 'previous', 'year'] as const
export type CompareKind = (typeof compareKinds)[number]

/** A comparison as it stands in an address. */
export interface Compare {
  readonly kind: CompareKind
  /** Mondays are compared with Mondays: the period compared with is moved by whole weeks. */
  readonly weekdays: boolean
}

/** Reads it; the previous period is the usual one. */
export function readCompare(search: Search): Compare {
  const kind = compareKinds.find((one) => one === textOf(search, 'compare')) ?? 'previous'
  return { kind, weekdays: textOf(search, 'match') === 'weekdays' }
}

/** Writes it. */
export const writeCompare = ({ kind, weekdays }: Compare): Search => ({
  compare: kind === 'previous' ? undefined : kind,
  match: weekdays ? 'weekdays' : undefined,
})

/** The days compared with: as many, moved back. */
export function comparedDays(days: Days, { kind, weekdays }: Compare): Days | undefined {
  if (kind === 'none') return undefined
  const back =
    kind === 'year' ? daysBack(days.first, addMonths(days.first, -12)) : daysBetween(days.first, days.last) + 1
  const shift = weekdays ? roundToWeeks(back, kind) : back
  return { first: addDays(days.first, -shift), last: addDays(days.last, -shift) }
}

const daysBack = (from: Day, to: Day): number => daysBetween(to, from)

/** A year is 52 weeks; a period before must not overlap, so it goes further back. */
const roundToWeeks = (days: number, kind: CompareKind): number => (kind === 'year' ? 364 : Math.ceil(days / 7) * 7)

/** A period in time, in milliseconds since 1970; the end is exclusive. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** When days begin and end in a zone. */
export const spanOf = ({ first, last }: Days, zone: string): Span => ({
  fromMs: startOfDay(first, zone),
  toMs: endOfDay(last, zone),
})

/** Of the period compared with as much as has passed of this one: half a day is not compared with a whole one. */
export function likeForLike(span: Span, compared: Span, nowMs: number): Span {
  if (nowMs >= span.toMs || nowMs <= span.fromMs) return compared
  return { fromMs: compared.fromMs, toMs: Math.min(compared.toMs, compared.fromMs + (nowMs - span.fromMs)) }
}
