import type { DeadLetterReason } from '../outcome.ts'

/** Why a decoded record cannot become a row. */
export interface Refusal {
  readonly reason: DeadLetterReason
  /** Path of the field, such as `page.url`. */
  readonly field: string
  readonly message: string
}
