/** One measured number. */
export interface Figure {
  /** Number of the target in the design's list. */
  readonly target: string
  readonly what: string
  readonly value: number
  readonly unit: string
  /** Divided by raw COPY of the same run; absent where COPY is no measure for it. */
  readonly ratio?: number
  /** Sessions in 5,000 events; absent where it does not matter. */
  readonly sessions?: number
}

/** What a run leaves behind. */
export interface BenchResult {
  readonly at: string
  readonly commit: string
  readonly log: 'kafka' | 'embedded'
  readonly cores: number
  /** Events of one measure and measures of each kind: results with other amounts are not comparable. */
  readonly events: number
  readonly pairs: number
  readonly figures: readonly Figure[]
}

/** The middle one; with an even number the lower of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

/** How far a ratio may fall: what is left of the noise of a shared machine after three pairs. */
const mayFall = 0.15

/** Ratios that fell too far against an earlier result, in words. */
export function fallen(now: BenchResult, before: BenchResult): string[] {
  return now.figures.flatMap((figure) => {
    const earlier = before.figures.find((other) => other.what === figure.what && other.sessions === figure.sessions)
    if (figure.ratio === undefined || earlier?.ratio === undefined) return []
    if (figure.ratio >= earlier.ratio * (1 - mayFall)) return []
    return [`${figure.what}: ${figure.ratio.toFixed(2)} of raw COPY, ${earlier.ratio.toFixed(2)} before`]
  })
}

/** Lines for console.table. */
export const rowsOf = (result: BenchResult): Record<string, string | number>[] =>
  result.figures.map(({ target, what, value, unit, ratio, sessions }) => ({
    target,
    what,
    value: value >= 100 ? Math.round(value) : Math.round(value * 100) / 100,
    unit,
    'of raw COPY': ratio === undefined ? '' : ratio.toFixed(2),
    'sessions in 5,000': sessions ?? '',
  }))
