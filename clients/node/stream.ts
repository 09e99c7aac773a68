import { create, fromBinary } from '@bufbuild/protobuf'
import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import type { Event } from '../../proto/gen/userflow/v1/event_pb.ts'
import {
  type RecordEventsResponse,
  RecordEventsResponseSchema,
  type StreamEventsResponse,
  StreamEventsResponseSchema,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { encodeEvent, frameBatch } from './frame.ts'
import { identify } from './identify.ts'
import { PendingBatch } from './pending-batch.ts'

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
}

type Call = ClientDuplexStream<Uint8Array, StreamEventsResponse>

const path = '/userflow.v1.IngestService/StreamEvents'
const maxEvents = 1_000
/** Nothing a repetition could change: the key, the server's version, or bytes it cannot read. */
const permanent = [status.UNAUTHENTICATED, status.PERMISSION_DENIED, status.UNIMPLEMENTED, status.INVALID_ARGUMENT]
const backOffMs = (failures: number): number =>
  Math.min(5_000, 100 * 2 ** Math.max(0, failures - 1)) * (1 - Math.random() / 2)

/**
 * A stream of batches with a verdict for every event. It reconnects by itself, and sends again what was answered RETRY or
 * not answered at all, with the same ids, so nothing counts twice; what was answered REJECTED is never sent again.
 */
export class EventStream implements AsyncDisposable {
  readonly #options: Required<StreamOptions>
  readonly #client: Client
  readonly #watch: NodeJS.Timeout
  readonly #queue: PendingBatch[] = []
  readonly #sent = new Map<number, { batch: PendingBatch; atMs: number }>()
  #call: Call | undefined
  #full = false
  #failures = 0
  #number = 0
  /** Batches without an outcome. */
  #undecided = 0
  #waiting: (() => void)[] = []
  #broken: Error | undefined
  #resent = 0

  constructor(options: StreamOptions) {
    this.#options = { tls: false, giveUpAfterMs: 120_000, answerWithinMs: 30_000, ...options }
    const secure = this.#options.tls ? credentials.createSsl() : credentials.createInsecure()
    this.#client = new Client(options.address, secure, {
      'grpc.keepalive_time_ms': 20_000,
      'grpc.keepalive_timeout_ms': 5_000,
      // grpc-js waits up to two minutes by default, long after a gateway is back.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2_000,
    })
    this.#watch = setInterval(() => this.#checkAnswers(), Math.min(1_000, this.#options.answerWithinMs)).unref()
  }

  /** Events that were sent more than once, counted each time. */
  get resent(): number {
    return this.#resent
  }

  /** Resolves when there is room for a batch; who sends only then never holds more than `maxUnacknowledged` batches. */
  async ready(): Promise<void> {
    while (this.#undecided >= this.#options.maxUnacknowledged && !this.#broken) {
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
    this.#undecided++
    this.#queue.push(batch)
    this.#pump()
    return batch.outcome
  }

  /** Waits for the outcome of everything sent, then closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#undecided > 0 && !this.#broken) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    clearInterval(this.#watch)
    this.#broken ??= new Error('the stream is closed')
    this.#call?.end()
    this.#client.close()
  }

  #pump(): void {
    while (this.#queue.length > 0 && !this.#broken) {
      if (!this.#call && this.#failures > 0) return
      this.#call ??= this.#open()
      if (this.#full || this.#sent.size >= this.#options.maxUnacknowledged) return
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
      this.#decided()
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
    setTimeout(() => this.#reconnect(), backOffMs(this.#failures))
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
    setTimeout(() => {
      this.#queue.push(batch)
      this.#pump()
    }, backOffMs(batch.attempts))
  }

  #isLate(batch: PendingBatch): boolean {
    return batch.attempts > 0 && Date.now() - batch.sinceMs > this.#options.giveUpAfterMs
  }

  #giveUp(batch: PendingBatch): void {
    batch.giveUp()
    this.#decided()
  }

  #decided(): void {
    this.#undecided--
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #checkAnswers(): void {
    const oldest = this.#sent.values().next().value
    if (oldest && Date.now() - oldest.atMs > this.#options.answerWithinMs) this.#call?.cancel()
  }

  #fail(cause: ServiceError): void {
    this.#broken = new Error(`the server takes nothing from this sender: ${cause.details}`, { cause })
    for (const { batch } of this.#sent.values()) batch.fail(this.#broken)
    for (const batch of this.#queue.splice(0)) batch.fail(this.#broken)
    this.#sent.clear()
    this.#undecided = 0
    this.#wake()
  }
}

/** Opens a stream; it connects with the first batch. */
export const openStream = (options: StreamOptions): EventStream => new EventStream(options)
