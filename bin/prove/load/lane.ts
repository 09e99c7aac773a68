import { type EventStream, openStream } from '../../../clients/node/stream.ts'
import { VerdictStatus } from '../../../proto/gen/userflow/v1/ingest_pb.ts'
import { BatchSender } from '../../running/batch-sender.ts'
import type { CompanyTraffic, Written } from './company-traffic.ts'
import type { Ledger, Sent } from './ledger.ts'

/** Where a lane sends and for whom. */
export interface LanePlan {
  readonly companyId: number
  /** host:port of a gateway's gRPC door. */
  readonly address: string
  readonly key: string
  /** After so long a sender gives up and takes an event for unknown, in ms. */
  readonly giveUpAfterMs: number
}

/** What a lane has counted; `resent`: sent again on purpose. */
export interface Counts {
  sent: number
  resent: number
  accepted: number
  rejected: number
  unknown: number
}

/** Batches on the wire of a lane. */
const maxUnacknowledged = 64
/** Most events without a verdict in a lane; beyond, it waits. */
const mostUnderWay = 2_000

/** One sender: a stream to one gateway with the events of one company. */
export class Lane implements AsyncDisposable {
  readonly #traffic: CompanyTraffic
  readonly #stream: EventStream
  readonly #sender: BatchSender<Sent>
  readonly #counts: Counts
  #underWay = 0
  /** A batch waits for room on the stream. */
  #blocked = false

  constructor(plan: LanePlan, parts: { traffic: CompanyTraffic; ledger: Ledger; counts: Counts }) {
    const { ledger, counts } = parts
    this.#traffic = parts.traffic
    this.#counts = counts
    const { address, key, giveUpAfterMs } = plan
    this.#stream = openStream({ address, key, maxUnacknowledged, giveUpAfterMs, answerWithinMs: 12_000 })
    this.#sender = new BatchSender<Sent>(this.#stream, {
      batchSize: 1_000,
      onAccepted: (accepted) => {
        for (const { note } of accepted) ledger.said(note.eventId, 'accepted')
        counts.accepted += accepted.length
        this.#underWay -= accepted.length
      },
      onVerdict: ({ note }, { status }) => {
        const said = status === VerdictStatus.REJECTED ? 'rejected' : 'unknown'
        ledger.said(note.eventId, said)
        counts[said] += 1
        this.#underWay -= 1
      },
    })
  }

  get underWay(): number {
    return this.#underWay
  }

  /** So many events, some of them sent before; fewer while too many have no verdict. New ones are in the ledger, not yet on its disk. */
  draw(count: number, ledger: Ledger, isResend: () => boolean): Written[] {
    const room = this.#blocked ? 0 : Math.max(0, Math.min(count, mostUnderWay - this.#underWay))
    return Array.from({ length: room }, () => {
      const again = isResend() ? this.#traffic.again() : undefined
      if (again) {
        this.#counts.resent += 1
        return again
      }
      const written = this.#traffic.next()
      ledger.sent(written.sent)
      this.#counts.sent += 1
      return written
    })
  }

  /** Sends them as one batch or several; resolves when they are on their way. A lane whose gateway is down holds up no other. */
  async send(drawn: readonly Written[]): Promise<void> {
    this.#underWay += drawn.length
    this.#blocked = true
    for (const { event, sent } of drawn) await this.#sender.add(event, sent)
    await this.#sender.flush()
    this.#blocked = false
  }

  /** Sends everything remembered once more. */
  async sendAgain(): Promise<void> {
    const all = [...this.#traffic.recent]
    this.#counts.resent += all.length
    await this.send(all)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sender.finish()
    await this.#stream[Symbol.asyncDispose]()
  }
}
