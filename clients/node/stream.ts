import { create, fromBinary } from '@bufbuild/protobuf'
import { type Client, type ClientDuplexStream, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import type { Event } from '../../proto/gen/userflow/v1/event_pb.ts'
import {
  type RecordEventsResponse,
  RecordEventsResponseSchema,
  type StreamEventsResponse,
  StreamEventsResponseSchema,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'
import type { Delivery } from './delivery.ts'
import { dial } from './dial.ts'
import { encodeEvent, frameBatch } from './frame.ts'
import { identify } from './identify.ts'
import { PendingBatch } from './pending-batch.ts'
import { backOffMs, retryAfterMs } from './retry-delay.ts'

/** Where to send and how patiently. */
export interface StreamOptions {
  /** host:port of the gRPC door. */
  readonly address: string
  /** A write or secret key. */
  readonly key: string
  /** Batches on the wire without an acknowledgement; the rest waits here. */
  readonly maxUnacknowledged: number
  /** Encrypt the connection; needed anywhere but on one machine, for the key travels in clear otherwise. */
  readonly tls?: boolean
  /** How long a batch is tried before its undecided events are told as RETRY. Default 120,000. */
  readonly giveUpAfterMs?: number
  /** An attempt without an answer for so long is made again on a new stream. Default 30,000, three times the server's own deadline. */
  readonly answerWithinMs?: number
  /** Whether waiting for the next attempt keeps the process alive. Default true. */
  readonly keepsAlive?: boolean
}

type Call = ClientDuplexStream<Uint8Array, StreamEventsResponse>

const path = '/userflow.v1.IngestService/StreamEvents'
const maxEvents = 1_000
/** Nothing a repetition could change: the key, the server's version, or bytes it cannot read. */
const permanent = [status.UNAUTHENTICATED, status.PERMISSION_DENIED, status.UNIMPLEMENTED, status.INVALID_ARGUMENT]
/** An open stream keeps a process alive, so one without work is ended; the next batch opens another. */
const idleAfterMs = 1_000

/**
 * A stream of batches with a verdict for every event. It reconnects by itself, and sends again what was answered RETRY or
 * not answered at all, with the same ids, so nothing counts twice; what was answered REJECTED is never sent again.
 */
export class EventStream implements Delivery {
  readonly #options: Required<StreamOptions>
  readonly #client: Client
  readonly #watch: NodeJS.Timeout
  readonly #queue: PendingBatch[] = []
  readonly #sent = new Map<number, { batch: PendingBatch; atMs: number }>()
  /** Batches without an outcome: queued, on the wire, or waiting for another attempt. */
  readonly #undecided = new Set<PendingBatch>()
  #call: Call | undefined
  #full = false
  #failures = 0
  #number = 0
  #lastDecidedMs = 0
  #waiting: (() => void)[] = []
  #broken: Error | undefined
  #resent = 0

  constructor(options: StreamOptions) {
    this.#options = { tls: false, giveUpAfterMs: 120_000, answerWithinMs: 30_000, keepsAlive: true, ...options }
    this.#client = dial(this.#options)
    this.#watch = setInterval(() => this.#look(), Math.min(idleAfterMs, this.#options.answerWithinMs)).unref()
  }

  /** Events that were sent more than once, counted each time. */
  get resent(): number {
    return this.#resent
  }

  /** Resolves when there is room for a batch; who sends only then never holds more than `maxUnacknowledged` batches. */
  async ready(): Promise<void> {
    while (this.#undecided.size >= this.#options.maxUnacknowledged && !this.#broken) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /**
   * Sends 1 to 1,000 events, 4 MiB at most. Resolves once each has a verdict; a verdict RETRY means that time ran out and the
   * event may or may not be stored. Events without id or time get them here, in place.
   * @throws Error with the gRPC fault as its cause when the server refuses this sender for good.
   */
  send(events: readonly Event[]): Promise<RecordEventsResponse> {
    const nowMs = Date.now()
    for (const event of events) identify(event, nowMs)
    return this.sendEncoded(events.map(encodeEvent))
  }

  /** As `send`, for events that are encoded already; each must have its id and time. */
  sendEncoded(events: readonly Uint8Array[]): Promise<RecordEventsResponse> {
    if (events.length > maxEvents) throw new RangeError(`a batch has at most ${maxEvents} events, not ${events.length}`)
    if (this.#broken) return Promise.reject(this.#broken)
    if (events.length === 0) return Promise.resolve(create(RecordEventsResponseSchema))
    const batch = new PendingBatch(events, Date.now())
    this.#undecided.add(batch)
    this.#queue.push(batch)
    this.#pump()
    return batch.outcome
  }

  /** No further attempt of anything: what is undecided is told as RETRY. */
  abandon(): void {
    for (const batch of this.#undecided) batch.giveUp()
    this.#forget()
    this.#wake()
  }

  /** Waits for the outcome of everything sent, then closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#undecided.size > 0 && !this.#broken) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    clearInterval(this.#watch)
    this.#broken ??= new Error('the stream is closed')
    this.#call?.end()
    this.#client.close()
  }

  #pump(): void {
    // While attempts fail, one batch at a time finds out whether the server is back.
    const atOnce = this.#failures > 0 ? 1 : this.#options.maxUnacknowledged
    while (this.#queue.length > 0 && !this.#broken) {
      if (!this.#call && this.#failures > 0) return
      this.#call ??= this.#open()
      if (this.#full || this.#sent.size >= atOnce) return
      const batch = this.#queue.shift()!
      const number = ++this.#number
      const { events } = batch
      if (++batch.attempts > 1) this.#resent += events.length
      this.#sent.set(number, { batch, atMs: Date.now() })
      this.#full = !this.#call.write(frameBatch(number, events, Date.now()))
    }
  }

  #open(): Call {
    const metadata = new Metadata()
    metadata.set('x-api-key', this.#options.key)
    const call = this.#client.makeBidiStreamRequest<Uint8Array, StreamEventsResponse>(
      path,
      (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      (bytes) => fromBinary(StreamEventsResponseSchema, bytes),
      metadata,
    )
    call.on('data', (ack: StreamEventsResponse) => this.#answered(ack))
    call.on('drain', () => {
      this.#full = false
      this.#pump()
    })
    call.on('error', (error: ServiceError) => this.#lost(call, error))
    call.on('end', () => this.#lost(call))
    return call
  }

  #answered(ack: StreamEventsResponse): void {
    const sent = this.#sent.get(Number(ack.batch))
    if (!sent || !ack.result) return
    this.#sent.delete(Number(ack.batch))
    if (sent.batch.answer(ack.result)) {
      this.#failures = 0
      this.#decided(sent.batch)
    } else this.#again(sent.batch)
    this.#pump()
  }

  /** The stream is over. Everything unanswered is unknown, so it is sent again, in its order, once there is a new one. */
  #lost(call: Call, error?: ServiceError): void {
    if (this.#call !== call) return
    this.#call = undefined
    this.#full = false
    if (error && permanent.includes(error.code)) return void this.#fail(error)
    const unanswered = [...this.#sent.values()].map(({ batch }) => batch)
    this.#sent.clear()
    for (const batch of unanswered) batch.unanswered(error?.details ?? 'the server ended the stream')
    this.#queue.unshift(...unanswered)
    this.#failures++
    const askedMs = retryAfterMs(error?.metadata?.get('retry-after')[0]?.toString())
    this.#later(Math.max(askedMs, backOffMs(this.#failures)), () => this.#reconnect())
  }

  #reconnect(): void {
    const late = this.#queue.filter((batch) => this.#isLate(batch))
    for (const batch of late) this.#giveUp(this.#queue.splice(this.#queue.indexOf(batch), 1)[0]!)
    if (this.#queue.length === 0) this.#failures = 0
    else if (!this.#broken) this.#call ??= this.#open()
    this.#pump()
  }

  #again(batch: PendingBatch): void {
    if (this.#isLate(batch)) return void this.#giveUp(batch)
    this.#later(backOffMs(batch.attempts), () => {
      if (this.#undecided.has(batch)) this.#queue.push(batch)
      this.#pump()
    })
  }

  #later(afterMs: number, act: () => void): void {
    const timer = setTimeout(act, afterMs)
    if (!this.#options.keepsAlive) timer.unref()
  }

  #isLate(batch: PendingBatch): boolean {
    return batch.attempts > 0 && Date.now() - batch.sinceMs > this.#options.giveUpAfterMs
  }

  #giveUp(batch: PendingBatch): void {
    batch.giveUp()
    this.#decided(batch)
  }

  #decided(batch: PendingBatch): void {
    this.#undecided.delete(batch)
    this.#lastDecidedMs = Date.now()
    this.#wake()
  }

  #forget(): void {
    this.#undecided.clear()
    this.#sent.clear()
    this.#queue.length = 0
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #look(): void {
    const nowMs = Date.now()
    const oldest = this.#sent.values().next().value
    if (oldest && nowMs - oldest.atMs > this.#options.answerWithinMs) this.#call?.cancel()
    if (this.#undecided.size > 0 || nowMs - this.#lastDecidedMs < idleAfterMs) return
    this.#call?.end()
    this.#call = undefined
    this.#full = false
    this.#failures = 0
  }

  #fail(cause: ServiceError): void {
    this.#broken = new Error(`the server takes nothing from this sender: ${cause.details}`, { cause })
    for (const batch of this.#undecided) batch.fail(this.#broken)
    this.#forget()
    this.#wake()
  }
}

/** Opens a stream; it connects with the first batch. */
export const openStream = (options: StreamOptions): EventStream => new EventStream(options)
