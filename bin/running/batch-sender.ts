import type { EventStream } from '../../clients/node/stream.ts'
import type { Event } from '../../proto/gen/userflow/v1/event_pb.ts'
import { type RecordEventsResponse, type Verdict, VerdictStatus } from '../../proto/gen/userflow/v1/ingest_pb.ts'

/** What became of the events so far. */
export interface Tally {
  sent: number
  accepted: number
  rejected: number
  /** Neither accepted nor rejected after all attempts. */
  undecided: number
}

/** An event and what its sender wants to remember about it. */
export interface Noted<N> {
  readonly event: Event
  readonly note: N
}

/** What a sender is told of each batch. */
export interface SenderOptions<N> {
  readonly batchSize: number
  readonly onAccepted?: (accepted: readonly Noted<N>[]) => void
  readonly onVerdict?: (noted: Noted<N>, verdict: Verdict) => void
}

/** Gathers events into batches for a stream, in order and at the stream's pace, and counts the verdicts. */
export class BatchSender<N = undefined> {
  readonly tally: Tally = { sent: 0, accepted: 0, rejected: 0, undecided: 0 }
  readonly #stream: EventStream
  readonly #options: SenderOptions<N>
  #batch: Noted<N>[] = []
  #underWay = new Set<Promise<void>>()
  #failure: Error | undefined

  constructor(stream: EventStream, options: SenderOptions<N>) {
    this.#stream = stream
    this.#options = options
  }

  /** Adds an event; waits while the stream is full. @throws Error when the server refuses this sender. */
  async add(event: Event, note: N): Promise<void> {
    this.#batch.push({ event, note })
    if (this.#batch.length >= this.#options.batchSize) await this.flush()
  }

  /** Sends what has gathered, without waiting for its verdicts. */
  async flush(): Promise<void> {
    if (this.#failure) throw this.#failure
    if (this.#batch.length === 0) return
    await this.#stream.ready()
    const batch = this.#batch
    this.#batch = []
    this.tally.sent += batch.length
    const outcome: Promise<void> = this.#stream
      .send(batch.map(({ event }) => event))
      .then((response) => this.#count(batch, response))
      .catch((error: Error) => {
        this.#failure ??= error
      })
      .finally(() => this.#underWay.delete(outcome))
    this.#underWay.add(outcome)
  }

  /** Sends the rest and waits for every verdict. */
  async finish(): Promise<Tally> {
    await this.flush()
    await Promise.all(this.#underWay)
    if (this.#failure) throw this.#failure
    return this.tally
  }

  #count(batch: readonly Noted<N>[], response: RecordEventsResponse): void {
    const refused = new Set<number>()
    for (const verdict of response.rejected) {
      refused.add(verdict.index)
      if (verdict.status === VerdictStatus.REJECTED) this.tally.rejected++
      else this.tally.undecided++
      this.#options.onVerdict?.(batch[verdict.index]!, verdict)
    }
    this.tally.accepted += batch.length - refused.size
    this.#options.onAccepted?.(refused.size === 0 ? batch : batch.filter((_, index) => !refused.has(index)))
  }
}
