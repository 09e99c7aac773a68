/** How many different lines are remembered at least; about 100 bytes each. */
const remembered = 200_000

/**
 * Numbers identical lines of one file: 1 for the first, 2 for the second. In constant memory: a line counts as new again
 * once 200,000 to 400,000 different lines went by, far more than a log holds of the second that both would share.
 */
export class Occurrences {
  #recent = new Map<string, number>()
  #older = new Map<string, number>()
  readonly #most: number

  constructor(most = remembered) {
    this.#most = most
  }

  /** The number of this occurrence of the line that has this digest. */
  next(digest: string): number {
    const occurrence = (this.#recent.get(digest) ?? this.#older.get(digest) ?? 0) + 1
    this.#recent.set(digest, occurrence)
    if (this.#recent.size >= this.#most) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    return occurrence
  }
}
