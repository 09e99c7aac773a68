import { setTimeout as sleep } from 'node:timers/promises'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { beforeExit } from './before-exit.ts'
import type { Delivery } from './delivery.ts'
import { encodePlain, NotEncodable } from './encode-plain.ts'
import { newEventId } from './identify.ts'
import { type ClientOptions, most, type ResolvedOptions, resolveOptions } from './options.ts'
import { Outbox, type Waiting } from './outbox.ts'
import { type Accepted, notEncoded, type Outcome, tooLarge, trackedAgain } from './outcome.ts'
import { EventPosts } from './posts.ts'
import { StayingAlive } from './staying-alive.ts'
import { EventStream } from './stream.ts'
import { activeSpan } from './trace-context.ts'
import type { EventFacts, TrackedEvent } from './tracked-event.ts'
import { WaitingRoom } from './waiting-room.ts'

/** What became of the events so far, and what waits. */
export interface ClientStats {
  readonly accepted: number
  readonly rejected: number
  readonly dropped: number
  readonly givenUp: number
  /** Events sent more than once, counted each time. */
  readonly resent: number
  /** Events in memory without an outcome, and their encoded size. */
  readonly waitingEvents: number
  readonly waitingBytes: number
}

/** How many events had no outcome when the time was over. */
export interface Left {
  readonly left: number
}

type Told = (outcome: Outcome, event: () => TrackedEvent) => void

/** Batches on the wire: as many as a gateway works on at once for one stream. */
const maxUnacknowledged = 16
const yes = Promise.resolve(true)
const no = Promise.resolve(false)

/**
 * Sends events in the background. Nothing it does throws into the application: an event that cannot be delivered is counted
 * and told. Ids are made once and kept over every attempt, so an event that is sent again counts once.
 */
export class UserFlowClient implements AsyncDisposable {
  readonly #options: ResolvedOptions
  readonly #delivery: Delivery
  readonly #room: WaitingRoom
  readonly #outbox: Outbox
  readonly #blocked = new Set<Promise<boolean>>()
  readonly #alive = new StayingAlive()
  readonly #counts = { accepted: 0, rejected: 0, dropped: 0, given_up: 0 }
  readonly #warned = new Set<Outcome['status']>()
  readonly #stayUnhooked: () => void
  readonly #report: Told = (outcome, event) => this.#tell(outcome, event)
  #closing: Promise<Left> | undefined
  #over = false

  constructor(given: ClientOptions) {
    const options = resolveOptions(given)
    const { address, key, giveUpAfterMs, tls } = options
    const road = { address, key, maxUnacknowledged, giveUpAfterMs }
    const traceContext = options.traceContext ?? activeSpan()
    this.#options = traceContext ? { ...options, traceContext } : options
    this.#delivery =
      options.transport === 'grpc' ? new EventStream({ ...road, tls, keepsAlive: false }) : new EventPosts(road)
    this.#room = new WaitingRoom({ events: options.maxWaitingEvents, bytes: options.maxWaitingBytes })
    this.#outbox = new Outbox(this.#delivery, options, (events, bytes) => this.#room.leave(events, bytes))
    const finish = async () => (this.#room.events + this.#room.outside > 0 ? await this.close() : undefined)
    this.#stayUnhooked = beforeExit(finish, { signals: options.flushOnExit })
  }

  /**
   * Takes an event, or one of your own kind by its name, and returns at once. Resolves with true when it waits for delivery,
   * with false when it was dropped. Never rejects.
   */
  track(event: TrackedEvent): Promise<boolean>
  track(name: string, facts?: EventFacts): Promise<boolean>
  track(what: string | TrackedEvent, facts?: EventFacts): Promise<boolean> {
    const event = typeof what === 'string' ? { ...facts, custom: { name: what } } : what
    return this.#take(event as TrackedEvent, this.#report)
  }

  /** Tracks that a page was shown. */
  pageView(url: string, facts?: EventFacts): Promise<boolean> {
    return this.track({ ...facts, page: { ...facts?.page, url }, pageView: {} })
  }

  /** Takes an event and resolves with what became of it; `onRejected` and `onGivenUp` are not told. Never rejects. */
  record(event: TrackedEvent): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.#take(event, resolve).catch(() => undefined)
    return this.#alive.during(promise)
  }

  /** Sends what has gathered, and resolves when all that was tracked before has its outcome, or the time is over. */
  flush({ withinMs = Number.POSITIVE_INFINITY }: { readonly withinMs?: number } = {}): Promise<Left> {
    return this.#alive.during(this.#flush(withinMs))
  }

  /** Takes no further event and flushes; what has no outcome in time is given up. Resolves with how many those were. */
  close({ withinMs = this.#options.closeWithinMs }: { readonly withinMs?: number } = {}): Promise<Left> {
    this.#closing ??= this.#alive.during(this.#close(withinMs))
    return this.#closing
  }

  /** What became of the events so far. */
  stats(): ClientStats {
    const { given_up: givenUp, ...counts } = this.#counts
    const waitingEvents = this.#room.events + this.#room.outside
    return { ...counts, givenUp, resent: this.#delivery.resent, waitingEvents, waitingBytes: this.#room.bytes }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #take(event: TrackedEvent, told: Told): Promise<boolean> {
    const encoded = this.#encode(event)
    if (encoded instanceof NotEncodable) {
      this.#settle(notEncoded(encoded), () => event, told)
      return yes
    }
    const { eventId, bytes } = encoded
    if (bytes.length > most.bytes) {
      this.#settle(tooLarge(eventId), () => event, told)
      return yes
    }
    const settle: Waiting['settle'] = (outcome) => this.#settle(outcome, () => trackedAgain(bytes), told)
    const waiting = { eventId, bytes, settle }
    if (!this.#closing && this.#room.tryEnter(bytes.length)) {
      this.#outbox.add(waiting)
      return yes
    }
    if (this.#closing || this.#options.whenFull === 'drop') {
      settle({ status: 'dropped', eventId })
      return no
    }
    return this.#whenRoom(waiting)
  }

  #whenRoom(waiting: Waiting): Promise<boolean> {
    // Room comes only from events that are sent.
    this.#outbox.send()
    const { eventId, bytes, settle } = waiting
    const entered = this.#alive
      .during(this.#room.enter(bytes.length))
      .then(() => {
        if (!this.#over) this.#outbox.add(waiting)
        else {
          this.#room.leave(1, bytes.length)
          settle({ status: 'dropped', eventId })
        }
        return !this.#over
      })
      .finally(() => this.#blocked.delete(entered))
    this.#blocked.add(entered)
    return entered
  }

  #encode(event: TrackedEvent): { eventId: string; bytes: Uint8Array } | NotEncodable {
    try {
      const nowMs = Date.now()
      const eventId = event.eventId || newEventId(nowMs)
      const trace = this.#options.traceContext?.()
      const properties = trace
        ? { trace_id: trace.traceId, span_id: trace.spanId, ...event.properties }
        : event.properties
      const own = { eventId, eventTime: event.eventTime ?? nowMs }
      // The id stands in front: a gateway that reads no further than a broken field then knows whose it is.
      return { eventId, bytes: encodePlain(EventSchema, Object.assign({ ...own }, event, own, { properties })) }
    } catch (error) {
      // Whatever a getter of the application throws is about this event alone.
      return error instanceof NotEncodable ? error : new NotEncodable('event', 'cannot be read')
    }
  }

  #settle(outcome: Outcome, event: () => TrackedEvent, told: Told): void {
    this.#counts[outcome.status] += 1
    try {
      told(outcome, event)
    } catch (error) {
      // The application's own callback: what it throws must not end the delivery of the other events.
      process.emitWarning(error as Error)
    }
  }

  #tell(outcome: Outcome, event: () => TrackedEvent): void {
    const { onRejected, onGivenUp } = this.#options
    if (outcome.status === 'accepted') return
    if (outcome.status === 'rejected' && onRejected) return void onRejected(event(), outcome)
    if (outcome.status === 'given_up' && onGivenUp) return void onGivenUp(event(), outcome)
    if (this.#warned.has(outcome.status)) return
    this.#warned.add(outcome.status)
    process.emitWarning(`${firstOfKind[outcome.status]}: ${wordsOf(outcome)}`, 'UserFlowWarning')
  }

  async #flush(withinMs: number): Promise<Left> {
    const all = (async () => {
      await Promise.all(this.#blocked)
      this.#outbox.send()
      await this.#outbox.decided()
    })()
    if (withinMs === Number.POSITIVE_INFINITY) await all
    else await Promise.race([all, sleep(withinMs, undefined, { ref: false })])
    return { left: this.#room.events + this.#room.outside }
  }

  async #close(withinMs: number): Promise<Left> {
    const { left } = await this.#flush(withinMs)
    this.#over = true
    this.#delivery.abandon()
    await this.#outbox.decided()
    // Events that go make room for those that waited for it, and those are now dropped.
    await Promise.all(this.#blocked)
    await this.#delivery[Symbol.asyncDispose]()
    this.#stayUnhooked()
    return { left }
  }
}

const firstOfKind = {
  rejected: 'An event was rejected; set onRejected to be told of each',
  given_up: 'An event was given up; set onGivenUp to be told of each',
  dropped: 'An event was dropped; stats() counts them',
}

const wordsOf = (outcome: Exclude<Outcome, Accepted>): string =>
  outcome.status === 'dropped' ? 'too many wait already, or the client is closed' : outcome.message

/** Opens a client; it connects with the first event. @throws TypeError naming the option that is wrong. */
export const createClient = (options: ClientOptions): UserFlowClient => new UserFlowClient(options)
