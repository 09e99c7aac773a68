/** The longest interval a timer takes; it only has to be there. */
const longMs = 2 ** 31 - 1

/** Keeps the process alive while somebody awaits something: the timers of a client do not. */
export class StayingAlive {
  #waiting = 0
  #timer: NodeJS.Timeout | undefined

  async during<T>(awaited: Promise<T>): Promise<T> {
    this.#waiting += 1
    this.#timer ??= setInterval(() => undefined, longMs)
    try {
      return await awaited
    } finally {
      this.#waiting -= 1
      if (this.#waiting === 0) {
        clearInterval(this.#timer)
        this.#timer = undefined
      }
    }
  }
}
