import type { Appended, EventLog } from './eventlog.ts'

/** A healthy write takes milliseconds, a leader election a second or two. */
const slowWriteMs = 3_000

/**
 * Whether the log answers. While it does not, `probe` is tried once a second: a gateway that is taken out of service
 * because of it gets no request that would find the log up again.
 */
export class Health {
  readonly #probe: () => Promise<void>
  #down: { sinceMs: number; cause: string } | undefined
  #timer: NodeJS.Timeout | undefined
  #probing = false

  constructor(probe: () => Promise<void>) {
    this.#probe = probe
  }

  /** The last use succeeded. */
  succeeded(): void {
    this.#down = undefined
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** The last use failed. */
  failed(cause: string): void {
    this.#down = { sinceMs: this.#down?.sinceMs ?? Date.now(), cause }
    this.#timer ??= setInterval(() => void this.#try(), 1_000).unref()
  }

  /** Passes the answers of an append on, and takes them as a use of the log. */
  async watch(append: Promise<readonly Appended[]>): Promise<readonly Appended[]> {
    const answers = await append
    this.observe(answers)
    return answers
  }

  /** Takes the answers of an append as a use of the log. */
  observe(answers: readonly Appended[]): void {
    const first = answers[0]
    if (answers.some((answer) => answer.status === 'written')) this.succeeded()
    else if (first?.status === 'unknown') this.failed(first.cause)
  }

  /** The state, as `EventLog.health` tells it. A write under way for long counts as down before its deadline is over. */
  state(oldestWriteMs?: number): ReturnType<EventLog['health']> {
    if (this.#down) return { up: false, ...this.#down }
    if (oldestWriteMs !== undefined && Date.now() - oldestWriteMs > slowWriteMs) {
      return { up: false, sinceMs: oldestWriteMs, cause: `a write is under way for more than ${slowWriteMs} ms` }
    }
    return { up: true }
  }

  /** Stops probing. */
  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #try(): Promise<void> {
    if (this.#probing) return
    this.#probing = true
    try {
      await this.#probe()
      if (this.#timer) this.succeeded()
    } catch {
      // Still down; the cause that was told first stays the useful one.
    } finally {
      this.#probing = false
    }
  }
}
