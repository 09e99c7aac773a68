/** Wakes the one who waits; a fire without a waiter is remembered. */
export class Signal {
  #fired = false
  #resolve: (() => void) | undefined

  /** Wakes the waiter, now or when it comes. */
  fire(): void {
    this.#fired = true
    this.#resolve?.()
  }

  /** Resolves at the next fire, or at once if there was one since the last wait. */
  async wait(): Promise<void> {
    if (!this.#fired) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
      })
    }
    this.#fired = false
    this.#resolve = undefined
  }
}
