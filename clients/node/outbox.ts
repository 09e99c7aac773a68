import type { Delivery } from './delivery.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

/** An encoded event, and who is to be told what becomes of it. */
export interface Waiting {
  readonly eventId: string
  readonly bytes: Uint8Array
  readonly settle: (outcome: Outcome) => void
}

/** When a batch is full. */
export interface BatchLimits {
  readonly batchEvents: number
  readonly batchBytes: number
  readonly batchAfterMs: number
}

/** Told when a batch has left memory. */
type OnGone = (events: number, bytes: number) => void

/** Gathers events into batches, hands them to the delivery, and tells each event its outcome. */
export class Outbox {
  readonly #delivery: Delivery
  readonly #limits: BatchLimits
  readonly #onGone: OnGone
  readonly #underWay = new Set<Promise<void>>()
  #batch: Waiting[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(delivery: Delivery, limits: BatchLimits, onGone: OnGone) {
    this.#delivery = delivery
    this.#limits = limits
    this.#onGone = onGone
  }

  add(event: Waiting): void {
    const { batchEvents, batchBytes, batchAfterMs } = this.#limits
    if (this.#batch.length > 0 && this.#bytes + event.bytes.length > batchBytes) this.send()
    this.#batch.push(event)
    this.#bytes += event.bytes.length
    if (this.#batch.length >= batchEvents || this.#bytes >= batchBytes) this.send()
    else this.#timer ??= setTimeout(() => this.send(), batchAfterMs).unref()
  }

  /** Sends what has gathered, full or not. */
  send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#batch.length === 0) return
    const batch = this.#batch
    const bytes = this.#bytes
    this.#batch = []
    this.#bytes = 0
    const done: Promise<void> = this.#deliver(batch).then(() => {
      this.#underWay.delete(done)
      this.#onGone(batch.length, bytes)
    })
    this.#underWay.add(done)
  }

  /** Resolves when everything sent so far has its outcome. */
  async decided(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  async #deliver(batch: readonly Waiting[]): Promise<void> {
    try {
      const { rejected } = await this.#delivery.sendEncoded(batch.map(({ bytes }) => bytes))
      const verdicts = new Map(rejected.map((verdict) => [verdict.index, verdict]))
      for (const [index, { eventId, settle }] of batch.entries()) {
        const verdict = verdicts.get(index)
        settle(verdict ? outcomeOf(eventId, verdict) : { status: 'accepted', eventId })
      }
    } catch (error) {
      // The server refuses this sender: nothing of the batch has a verdict.
      const { message } = error as Error
      for (const { eventId, settle } of batch) settle({ status: 'given_up', eventId, message })
    }
  }
}
