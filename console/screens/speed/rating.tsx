import { SpeedMeasure } from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { formatCount, formatRatio } from '../../parts/formats.ts'
import { words } from '../../words/speed.ts'

export type Rating = 'good' | 'fair' | 'poor'

/** The published thresholds of a measure; absent: it has none. */
export interface Thresholds {
  readonly goodTo?: number | undefined
  readonly poorAbove?: number | undefined
}

const looks: Readonly<Record<Rating, string>> = {
  good: 'bg-up-soft text-up',
  fair: 'bg-warn-soft text-warn',
  poor: 'bg-down-soft text-down',
}

/** Grounds of the three parts of a bar. */
export const grounds: Readonly<Record<Rating, string>> = { good: 'bg-up', fair: 'bg-warn', poor: 'bg-down' }

/** How a value stands against the thresholds: exactly at one it is still the better. */
export function ratingOf(value: number, { goodTo, poorAbove }: Thresholds): Rating | undefined {
  if (goodTo === undefined || poorAbove === undefined) return undefined
  return value <= goodTo ? 'good' : value > poorAbove ? 'poor' : 'fair'
}

/** The rating as a word on its colour. */
export function RatingMark({ value, of }: { value: number | undefined; of: Thresholds }) {
  const rating = value === undefined ? undefined : ratingOf(value, of)
  const text = rating ? words.verdicts[rating] : value === undefined ? words.noSamples : words.noVerdict
  return (
    <span className={`inline-block rounded px-1.5 py-px text-xs ${rating ? looks[rating] : 'bg-hover text-muted'}`}>
      {text}
    </span>
  )
}

/** "2.35 s" or "180 ms"; layout shift has no unit. */
export function formatSpeed(measure: SpeedMeasure, value: number): string {
  if (measure === SpeedMeasure.CLS) return formatRatio(value)
  return value < 1_000 ? `${formatCount(value)} ms` : `${formatRatio(value / 1_000)} s`
}
