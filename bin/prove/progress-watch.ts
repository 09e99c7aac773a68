import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog } from '../../eventlog/eventlog.ts'
import type { Database } from '../../sql/database.ts'

/** The log's ends at a moment. */
interface Ends {
  readonly atMs: number
  readonly high: readonly number[]
}

/** Sees how far storing is behind the log, in time: the age of the newest look at the log's ends that is stored as a whole. */
export class ProgressWatch implements AsyncDisposable {
  readonly #on: { readonly log: EventLog; readonly database: Database }
  readonly #looks: Ends[] = []
  readonly #loop: Promise<void>
  #ended = false
  #storedAsOfMs = Date.now()
  #lookedMs = 0
  #behind: string[] = []

  constructor(on: { readonly log: EventLog; readonly database: Database }) {
    this.#on = on
    this.#loop = this.#watch()
  }

  /** What was on the log at this moment (ms since 1970) is stored. */
  get storedAsOfMs(): number {
    return this.#storedAsOfMs
  }

  /** Resolves when everything that was on the log after `sinceMs` is stored; with how long that took from now, in ms. */
  async caughtUp(sinceMs: number, withinMs: number): Promise<number> {
    const startMs = Date.now()
    while (this.#storedAsOfMs < sinceMs) {
      if (Date.now() - startMs > withinMs) throw new StillBehind(withinMs, this.#behind)
      await sleep(20)
    }
    return Date.now() - startMs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    await this.#loop
  }

  async #watch(): Promise<void> {
    while (!this.#ended) {
      // Log and Postgres are down now and then: what cannot be seen is looked at again.
      await this.#look().catch(() => undefined)
      await sleep(100)
    }
  }

  async #look(): Promise<void> {
    const { log, database } = this.#on
    const atMs = Date.now()
    const high = (await log.watermarks()).map((bounds) => bounds.high)
    if (atMs > this.#lookedMs) this.#looks.push({ atMs, high })
    this.#lookedMs = atMs
    const rows = await database.query<{ partition: number; next_offset: string }>(
      'select partition, next_offset from ingest_partition where topic = $1',
      [log.topic],
    )
    const next = new Map(rows.map((row) => [row.partition, Number(row.next_offset)]))
    this.#behind = high.flatMap((end, partition) =>
      (next.get(partition) ?? 0) === end ? [] : [`${partition}: ${next.get(partition) ?? 0}/${end}`],
    )
    const stored = this.#looks.findLastIndex((look) => look.high.every((end, at) => (next.get(at) ?? 0) >= end))
    if (stored < 0) return
    this.#storedAsOfMs = this.#looks[stored]!.atMs
    this.#looks.splice(0, stored)
  }
}

/** The lag did not return to zero; `behind` tells partitions with stored offset and end. */
export class StillBehind extends Error {
  override name = 'StillBehind'

  constructor(withinMs: number, behind: readonly string[]) {
    super(`the lag is not zero after ${withinMs / 1_000} s: ${behind.join(', ')}`)
  }
}
