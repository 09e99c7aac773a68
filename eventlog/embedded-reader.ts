import type { EmbeddedStore } from './embedded-store.ts'
import type { LogReader, ReaderHandlers } from './eventlog.ts'

/** Where a started partition stands. A new start makes a new one, so that a late end of an old delivery changes nothing. */
interface Started {
  next: number
}

/**
 * Reader of the embedded log. Partitions that are behind are read at once; idle ones are looked at every `pollMs`,
 * or when `wake` tells of an append in this process.
 */
export class EmbeddedReader implements LogReader {
  readonly #store: EmbeddedStore
  readonly #handlers: ReaderHandlers
  readonly #started = new Map<number, Started>()
  readonly #delivering = new Map<number, Promise<void>>()
  readonly #timer: NodeJS.Timeout
  readonly #onClose: () => void
  #scheduled = false
  #closed = false

  constructor(parts: { store: EmbeddedStore; handlers: ReaderHandlers; pollMs: number; onClose: () => void }) {
    this.#store = parts.store
    this.#handlers = parts.handlers
    this.#onClose = parts.onClose
    this.#timer = setInterval(() => this.#look(), parts.pollMs)
  }

  start(partition: number, offset: number): void {
    this.#started.set(partition, { next: offset })
    this.wake()
  }

  stop(partition: number): void {
    this.#started.delete(partition)
  }

  /** Looks for records at the end of this turn of the event loop. */
  wake(): void {
    if (this.#scheduled || this.#closed) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#look()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#timer)
    this.#started.clear()
    this.#onClose()
    await Promise.all(this.#delivering.values())
  }

  /** Delivers one batch of every started partition that has one and is not delivering already. */
  #look(): void {
    if (this.#closed || this.#started.size === 0) return
    try {
      for (const { partition, high } of this.#store.bounds()) {
        const started = this.#started.get(partition)
        if (started && started.next < high && !this.#delivering.has(partition)) this.#deliver(partition, high)
      }
    } catch (error) {
      this.#crash(error)
    }
  }

  #deliver(partition: number, high: number): void {
    const started = this.#started.get(partition)!
    const records = this.#store.read({ partition, from: started.next, to: high })
    const last = records.at(-1)
    if (!last) return
    const next = last.offset + 1
    const delivery = this.#handlers
      .onBatch({ partition, records, next, high })
      .then(
        () => {
          started.next = next
        },
        (error: unknown) => this.#crash(error),
      )
      .finally(() => {
        this.#delivering.delete(partition)
        this.wake()
      })
    this.#delivering.set(partition, delivery)
  }

  #crash(error: unknown): void {
    this.#started.clear()
    clearInterval(this.#timer)
    this.#handlers.onCrash(new Error('the embedded log cannot be read any more', { cause: error }))
  }
}
