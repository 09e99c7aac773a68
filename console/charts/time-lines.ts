/** A line over time, and the one it is compared with. */
export interface TimeLines {
  readonly name: string
  readonly labels: readonly string[]
  /** Where there is room. */
  readonly longLabels: readonly string[]
  /** null: not yet. */
  readonly values: readonly (number | null)[]
  /** From this index on events may still come in: the line is dashed. */
  readonly incompleteFrom: number
  readonly compared: readonly number[]
  readonly comparedLabels: readonly string[]
  readonly format: (value: number) => string
  /** They count something: the axis has no halves. */
  readonly whole?: boolean
  /** When each interval begins; then notes of the period are shown on the chart. */
  readonly startsMs?: readonly number[]
}

/** A numbered mark at an interval, and what it says. */
export interface Mark {
  readonly at: number
  readonly number: number
  readonly texts: readonly string[]
}
