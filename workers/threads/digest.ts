import type { Agent } from '../enrich/draft.ts'
import type { DeadLetterReason } from '../outcome.ts'
import type { SessionlessEvent } from '../sessionize/sessionless-event.ts'

/** What a thread made of a batch of records: rows ready for COPY and what the writing needs to know beside them. */
export interface Digest {
  /** Rows in Postgres' binary COPY form without file header and trailer; columns exactly `stageColumns`. */
  readonly rows: Uint8Array
  /** Byte position of each row in `rows`, plus the end. */
  readonly rowStarts: Uint32Array
  /** Log offset of each row. */
  readonly rowOffsets: Float64Array
  /** Events that still need a session: their rows hold 36 bytes that `patchSessionIds` must fill before COPY. */
  readonly sessionless: readonly SessionlessEvent[]
  readonly deadLetters: readonly DeadLetter[]
  /** The user agents of the rows, each once a company. */
  readonly agents: readonly CompanyAgent[]
  /** Records counted as they were unpacked, independently of rows and dead letters: the left side of the balance. */
  readonly taken: readonly Taken[]
  /** Latest receive time in the batch, microseconds since 1970; 0 if no record had one. */
  readonly latestReceivedUs: number
  /** Receive times of the events among the records that came straight from a sender. */
  readonly received: ReceivedSpan
}

/** A user agent that rows of this company name by its key. */
export interface CompanyAgent {
  readonly companyId: number
  readonly agent: Agent
}

/** First and last receive time of some events, microseconds since 1970; both 0 if there are none. */
export interface ReceivedSpan {
  readonly oldestUs: number
  readonly newestUs: number
}

/** A record that is not stored as an event, and why. Its texts hold nothing that Postgres refuses. */
export interface DeadLetter {
  /** 0 if the record does not say. */
  readonly companyId: number
  readonly siteId: number
  /** UUID text; undefined if the record has no readable one. */
  readonly eventId: string | undefined
  readonly reason: DeadLetterReason
  /** Path of the field that was wrong, such as `page.url`; empty if it is not one field. */
  readonly field: string
  readonly message: string
  readonly logOffset: number
  /** 0 if the record does not say. */
  readonly receivedAtUs: number
  /** What the sender sent, or the whole record where that cannot be told. */
  readonly payload: Uint8Array
  /** The payload is the whole record: told apart here, because a sender can send what looks like a record. */
  readonly isRecord: boolean
}

/** How many records of a company, received within one minute, the batch has. Company and minute are 0 if not said. */
export interface Taken {
  readonly companyId: number
  /** Start of the minute, ms since 1970. */
  readonly minuteMs: number
  readonly count: number
}
