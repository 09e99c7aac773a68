import type { AnswerMeta } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { Call } from './curl.ts'

/** A number, and where it comes from. */
export interface Source {
  /** Stands in the address while it is open; unique on the screen. */
  readonly id: string
  readonly title: string
  readonly call: Call
  readonly meta: AnswerMeta | undefined
  readonly zone: string
}
