import type { Filter } from '../../proto/gen/userflow/v1/question_pb.ts'

/** What bounds every question that is asked with a link, whatever its request says. */
export interface Lock {
  /** The sites it may ask about: the one it is locked to, or all of the company. */
  readonly siteIds: ReadonlySet<number>
  readonly oneSite: boolean
  readonly filters: readonly Filter[]
  /** The saved segment; empty: everybody. */
  readonly segmentId: string
}
