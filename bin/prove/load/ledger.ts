import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

/** What is written down of an event when it is sent for the first time. */
export interface Sent {
  readonly eventId: string
  readonly companyId: number
  /** Its session; absent where the worker is to find one. */
  readonly sessionId?: string
  /** Its visitor, where it has no session. */
  readonly visitorId?: string
  readonly sequence: number
  /** When it was sent first, in ms since 1970. */
  readonly sentMs: number
}

/** What its sender was told: accepted, rejected, or unknown (no answer, or an answer that it may or may not be stored). */
export type Said = 'accepted' | 'rejected' | 'unknown'

/**
 * A file of everything that was sent and said: what stands in it is the truth the store is held against. Lines gather
 * until `flush`, which returns when they are on the disk.
 */
export class Ledger implements Disposable {
  readonly #descriptor: number
  #lines: string[] = []

  constructor(file: string) {
    this.#descriptor = openSync(file, 'a', 0o600)
  }

  sent({ eventId, companyId, sessionId, visitorId, sequence, sentMs }: Sent): void {
    this.#lines.push(
      `${eventId}\t${companyId}\t${sessionId ?? none}\t${visitorId ?? none}\t${sequence}\t${sentMs}\tsent\n`,
    )
  }

  said(eventId: string, said: Said): void {
    this.#lines.push(`${eventId}\t${none}\t${none}\t${none}\t${none}\t${none}\t${said}\n`)
  }

  flush(): void {
    if (this.#lines.length === 0) return
    writeSync(this.#descriptor, this.#lines.join(''))
    this.#lines = []
    fsyncSync(this.#descriptor)
  }

  [Symbol.dispose](): void {
    this.flush()
    closeSync(this.#descriptor)
  }
}

/** Postgres' null in the text format of COPY: the file is loaded as it is. */
const none = '\\N'
