import { Num } from '../../eventlog/record-fields.ts'
import type { RecordView } from '../../eventlog/record-view.ts'
import { isRowId, isStorableTime } from './check-record.ts'
import type { Taken } from './digest.ts'

/** Whom a record is counted for. */
export interface Account {
  /** 0 if the record does not say, or says what no company's id can be. */
  readonly companyId: number
  readonly siteId: number
  /** Microseconds since 1970; 0 if the record does not say. */
  readonly receivedAtUs: number
}

/** The account of a record; rows and dead letters are counted for the same one, so that the balance can be zero. */
export function accountOf(record: RecordView | undefined): Account {
  if (record === undefined) return { companyId: 0, siteId: 0, receivedAtUs: 0 }
  const companyId = record.number(Num.companyId)
  const siteId = record.number(Num.siteId)
  const receivedAtUs = record.number(Num.receivedAtUs)
  return {
    companyId: isRowId(companyId) ? companyId : 0,
    siteId: isRowId(siteId) ? siteId : 0,
    receivedAtUs: isStorableTime(receivedAtUs) ? receivedAtUs : 0,
  }
}

/** Counts the records taken from the log, before anything is decided about them. */
export class Balance {
  readonly #counts = new Map<number, Map<number, number>>()
  #latestReceivedUs = 0

  take({ companyId, receivedAtUs }: Account): void {
    const minuteMs = Math.floor(receivedAtUs / 60_000_000) * 60_000
    let minutes = this.#counts.get(companyId)
    if (minutes === undefined) {
      minutes = new Map()
      this.#counts.set(companyId, minutes)
    }
    minutes.set(minuteMs, (minutes.get(minuteMs) ?? 0) + 1)
    if (receivedAtUs > this.#latestReceivedUs) this.#latestReceivedUs = receivedAtUs
  }

  /** Microseconds since 1970; 0 if no record said. */
  get latestReceivedUs(): number {
    return this.#latestReceivedUs
  }

  taken(): Taken[] {
    return [...this.#counts].flatMap(([companyId, minutes]) =>
      [...minutes].map(([minuteMs, count]) => ({ companyId, minuteMs, count })),
    )
  }
}
