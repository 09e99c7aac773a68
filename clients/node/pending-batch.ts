import { create } from '@bufbuild/protobuf'
import {
  type RecordEventsResponse,
  RecordEventsResponseSchema,
  VerdictSchema,
  VerdictStatus,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'

/** An event without a verdict, by its place in the sender's batch. */
interface OpenEvent {
  readonly index: number
  readonly bytes: Uint8Array
}

/**
 * A batch on its way to a verdict for each of its events, over as many attempts as that takes. Events that are decided
 * leave it; verdicts keep the index the sender knows.
 */
export class PendingBatch {
  /** Undecided events, in the sender's order. */
  #open: OpenEvent[]
  readonly #result: RecordEventsResponse = create(RecordEventsResponseSchema)
  readonly #settle: { resolve: (result: RecordEventsResponse) => void; reject: (error: Error) => void }
  /** Verdict or fault that made the last attempt fail; told to the sender if there is no further one. */
  #why = 'never sent'
  readonly sinceMs: number
  attempts = 0
  readonly outcome: Promise<RecordEventsResponse>

  constructor(events: readonly Uint8Array[], sinceMs: number) {
    this.#open = events.map((bytes, index) => ({ index, bytes }))
    this.sinceMs = sinceMs
    const { promise, resolve, reject } = Promise.withResolvers<RecordEventsResponse>()
    this.outcome = promise
    this.#settle = { resolve, reject }
  }

  /** What is still to be sent. */
  get events(): Uint8Array[] {
    return this.#open.map((event) => event.bytes)
  }

  /** Takes the answer to the last attempt. True when every event is decided. */
  answer(result: RecordEventsResponse): boolean {
    const retry: OpenEvent[] = []
    for (const verdict of result.rejected) {
      const event = this.#open[verdict.index]
      if (!event) continue
      if (verdict.status === VerdictStatus.REJECTED) this.#result.rejected.push({ ...verdict, index: event.index })
      else retry.push(event)
      if (verdict.status !== VerdictStatus.REJECTED) this.#why = verdict.message
    }
    for (const given of result.assigned) {
      this.#result.assigned.push({ ...given, index: this.#open[given.index]?.index ?? given.index })
    }
    this.#result.accepted += result.accepted
    this.#open = retry
    if (retry.length === 0) this.#settle.resolve(this.#result)
    return retry.length === 0
  }

  /** The attempt was never answered: everything undecided stays so. */
  unanswered(why: string): void {
    this.#why = why
  }

  /** No further attempt: what is undecided is told as RETRY. */
  giveUp(): void {
    for (const { index } of this.#open) {
      this.#result.rejected.push(
        create(VerdictSchema, {
          index,
          status: VerdictStatus.RETRY,
          message: `unknown after ${this.attempts} attempts: ${this.#why}`,
        }),
      )
    }
    this.#settle.resolve(this.#result)
  }

  /** The server will take nothing from this sender, whatever is tried. */
  fail(error: Error): void {
    this.#settle.reject(error)
  }
}
