/** What verifying one rollup found. */
export interface Verified {
  readonly rollup: string
  /** Rows (summed over shards) that exist in the rollup or in the recomputation. */
  readonly rows: number
  /** How many of them differ or are on one side only. */
  readonly different: number
  /** One that differs, as stored and as recomputed. */
  readonly example: { stored: unknown; recomputed: unknown } | undefined
}
