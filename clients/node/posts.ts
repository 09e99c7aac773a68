import { fromBinary } from '@bufbuild/protobuf'
import { type RecordEventsResponse, RecordEventsResponseSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import type { Delivery } from './delivery.ts'
import { frameRequest } from './frame.ts'
import { PendingBatch } from './pending-batch.ts'
import { backOffMs, retryAfterMs } from './retry-delay.ts'

/** Where to post and how patiently. */
export interface PostOptions {
  /** Base address of the HTTP door. */
  readonly address: string
  readonly key: string
  /** Requests without an answer; the rest waits here. */
  readonly maxUnacknowledged: number
  readonly giveUpAfterMs: number
}

/** Three times the server's own deadline. */
const answerWithinMs = 30_000
/** Nothing a repetition could change: the key, the address, or bytes the server cannot read. */
const permanent = [400, 401, 403, 404, 405, 413, 415]

/** Sends batches as requests to the RPC's HTTP address. A batch takes its place until it is decided or given up. */
export class EventPosts implements Delivery {
  readonly #options: PostOptions
  readonly #undecided = new Set<PendingBatch>()
  readonly #ended = new AbortController()
  readonly #queue: PendingBatch[] = []
  #underWay = 0
  #resent = 0
  #broken: Error | undefined

  constructor(options: PostOptions) {
    this.#options = options
  }

  get resent(): number {
    return this.#resent
  }

  sendEncoded(events: readonly Uint8Array[]): Promise<RecordEventsResponse> {
    if (this.#broken) return Promise.reject(this.#broken)
    const batch = new PendingBatch(events, Date.now())
    this.#undecided.add(batch)
    this.#queue.push(batch)
    this.#pump()
    return batch.outcome
  }

  abandon(): void {
    for (const batch of this.#undecided) batch.giveUp()
    this.#undecided.clear()
    this.#queue.length = 0
    this.#ended.abort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#undecided].map((batch) => batch.outcome))
    this.#broken ??= new Error('the client is closed')
    this.#ended.abort()
  }

  #pump(): void {
    while (this.#underWay < this.#options.maxUnacknowledged && this.#queue.length > 0) {
      this.#underWay += 1
      this.#attempt(this.#queue.shift()!)
    }
  }

  #attempt(batch: PendingBatch): void {
    if (++batch.attempts > 1) this.#resent += batch.events.length
    this.#post(batch)
      .catch((error: Error) => {
        batch.unanswered(error.message)
        return { again: true, askedMs: 0 }
      })
      .then(({ again, askedMs }) => {
        if (!this.#undecided.has(batch)) return this.#next()
        if (!again) return this.#decided(batch)
        if (Date.now() - batch.sinceMs > this.#options.giveUpAfterMs) {
          batch.giveUp()
          return this.#decided(batch)
        }
        setTimeout(() => this.#attempt(batch), Math.max(askedMs, backOffMs(batch.attempts))).unref()
      })
      .catch((error: unknown) => process.emitWarning(error as Error))
  }

  /** One request. `again`: not everything is decided; `askedMs`: how long the server asks to be left alone. */
  async #post(batch: PendingBatch): Promise<{ again: boolean; askedMs: number }> {
    const response = await fetch(`${this.#options.address}/userflow.v1.IngestService/RecordEvents`, {
      method: 'POST',
      headers: { 'content-type': 'application/proto', 'x-api-key': this.#options.key },
      body: frameRequest(batch.events, Date.now()) as Uint8Array<ArrayBuffer>,
      signal: AbortSignal.any([this.#ended.signal, AbortSignal.timeout(answerWithinMs)]),
    })
    if (response.ok) {
      const result = fromBinary(RecordEventsResponseSchema, new Uint8Array(await response.arrayBuffer()))
      return { again: !batch.answer(result), askedMs: 0 }
    }
    const why = await wordsOf(response)
    if (permanent.includes(response.status)) this.#fail(new Error(`the server takes nothing from this sender: ${why}`))
    batch.unanswered(why)
    return { again: true, askedMs: retryAfterMs(response.headers.get('retry-after') ?? undefined) }
  }

  #fail(error: Error): void {
    this.#broken = error
    for (const batch of this.#undecided) batch.fail(error)
    this.#undecided.clear()
    this.#queue.length = 0
  }

  #decided(batch: PendingBatch): void {
    this.#undecided.delete(batch)
    this.#next()
  }

  #next(): void {
    this.#underWay -= 1
    this.#pump()
  }
}

/** The message of the Connect protocol's error, or the status. */
async function wordsOf(response: Response): Promise<string> {
  const text = await response.text()
  try {
    return (JSON.parse(text) as { message: string }).message
  } catch {
    return `HTTP status ${response.status}`
  }
}
