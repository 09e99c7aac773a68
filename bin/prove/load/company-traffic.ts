import { randomUUID } from 'node:crypto'
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { type Event, EventSchema } from '../../../proto/gen/userflow/v1/event_pb.ts'
import type { Random } from '../../simulate/random.ts'
import type { Sent } from './ledger.ts'

/** An event with what the ledger has to know of it. */
export interface Written {
  readonly event: Event
  readonly sent: Sent
}

/** A session under way. `shiftMs`: how long ago its events happened. */
interface Session {
  readonly id: string
  readonly visitorId: string
  readonly shiftMs: number
  readonly length: number
  sequence: number
}

const dayMs = 24 * 60 * 60 * 1_000
const sessionsOpen = 200
const visitorsAlone = 60
/** How many sent events are remembered, to be sent again. */
const remembered = 4_000

/** How often each kind of event comes. */
const share = { alone: 0.1, hot: 0.2, rejected: 0.01, late: 0.05 }

/** The events of one company: sessions that begin and end, one that never rests, visitors without a session, bad events. */
export class CompanyTraffic {
  readonly #companyId: number
  readonly #random: Random
  readonly #sessions: Session[]
  readonly #hot: Session
  readonly #recent: Written[] = []
  #at = 0

  constructor(companyId: number, random: Random) {
    this.#companyId = companyId
    this.#random = random
    this.#hot = { ...this.#newSession(), shiftMs: 0, length: Number.POSITIVE_INFINITY }
    this.#sessions = Array.from({ length: sessionsOpen }, () => this.#newSession())
  }

  /** The next event. Rejected ones break a limit of the contract but have a proper id, so that they can be looked for. */
  next(): Written {
    const random = this.#random
    const nowMs = Date.now()
    if (random.chance(share.rejected)) return this.#write(nowMs, { sessionId: 's'.repeat(201) }, 0)
    if (random.chance(share.alone)) {
      const visitorId = `alone-${this.#companyId}-${random.whole(1, visitorsAlone)}`
      return this.#write(nowMs, { visitorId }, 0)
    }
    const session = random.chance(share.hot) ? this.#hot : this.#someSession()
    session.sequence += 1
    const { id: sessionId, visitorId, shiftMs, sequence } = session
    return this.#write(nowMs - shiftMs, { sessionId, visitorId }, sequence)
  }

  /** One sent before, to be sent again as it was; undefined while there is none. */
  again(): Written | undefined {
    return this.#recent.length > 0 ? this.#random.pick(this.#recent) : undefined
  }

  /** Everything that is remembered. */
  get recent(): readonly Written[] {
    return this.#recent
  }

  #someSession(): Session {
    const place = this.#random.whole(0, sessionsOpen - 1)
    const session = this.#sessions[place]!
    if (session.sequence < session.length) return session
    const fresh = this.#newSession()
    this.#sessions[place] = fresh
    return fresh
  }

  #newSession(): Session {
    const random = this.#random
    const id = randomUUID()
    const late = random.chance(share.late)
    // Late sessions lie around a midnight of the last days: a key by day of receipt would let their resends in twice.
    const shiftMs = late ? (Date.now() % dayMs) + dayMs * random.whole(0, 2) + random.whole(-5_000, 5_000) : 0
    return { id, visitorId: `v-${id}`, shiftMs, length: random.whole(3, 80), sequence: 0 }
  }

  #write(timeMs: number, who: { sessionId?: string; visitorId?: string }, sequence: number): Written {
    const eventId = randomUUID()
    const ms = Math.floor(timeMs)
    const event = create(EventSchema, {
      eventId,
      eventTime: { seconds: BigInt(Math.floor(ms / 1_000)), nanos: (ms % 1_000) * 1_000_000 },
      ...who,
      sequence,
      page: { url: `https://example.com/${this.#random.whole(1, 50)}`, title: 'A page' },
      action: this.#action(),
    })
    const { sessionId, visitorId } = who
    const named = sessionId ? { sessionId } : visitorId ? { visitorId } : {}
    const written = { event, sent: { eventId, companyId: this.#companyId, ...named, sequence, sentMs: Date.now() } }
    this.#recent[this.#at] = written
    this.#at = (this.#at + 1) % remembered
    return written
  }

  #action(): NonNullable<MessageInitShape<typeof EventSchema>['action']> {
    const random = this.#random
    if (random.chance(0.5)) return { case: 'pageView', value: { loadMs: random.whole(1, 3_000) } }
    if (random.chance(0.5)) return { case: 'click', value: { element: { selector: '#buy', type: 'button' } } }
    return { case: 'custom', value: { name: random.pick(['signup', 'search', 'cart']) } }
  }
}
