/**
 * A bounded cache that keeps what was used recently, in two generations: when the young one is full it becomes the old
 * one, and the former old one is forgotten. Holds at most `2 * generationSize` entries, costs one Map look-up a hit, and
 * unlike a list of exact recency writes nothing on a hit in the young generation.
 */
export class RecentCache<Value> {
  readonly #generationSize: number
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()

  constructor(generationSize: number) {
    this.#generationSize = generationSize
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#generationSize) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  /** Entries held, at most twice the generation's size. */
  get size(): number {
    return this.#young.size + this.#old.size
  }
}
