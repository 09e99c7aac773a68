import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { Comparison, Filter as WireFilter } from '../../../proto/gen/userflow/v1/question_pb.ts'
import type { Filter } from '../../../sql/filters.ts'
import { invalid } from '../../errors.ts'
import { checkPeriod, checkSites } from '../parameters.ts'
import { checkFilters } from './check-filters.ts'
import { checkZoneName } from './zone.ts'

/** What a request says of which events it asks about: the message Question, or a request with the same fields. */
export interface Asked {
  readonly from?: Timestamp | undefined
  readonly to?: Timestamp | undefined
  readonly siteIds: readonly number[]
  readonly includeBots: boolean
  readonly filters: readonly WireFilter[]
  readonly timeZone: string
  readonly explain: boolean
  readonly compare?: Comparison | undefined
}

/** The parameters that all metrics with filters begin with, after the company: $2 to $5. Times as ISO 8601. */
export interface Common {
  readonly site_ids: number[]
  readonly from_time: string
  readonly to_time: string
  readonly include_bots: boolean
}

/** A question that has been checked. */
export interface CheckedQuestion {
  readonly common: Common
  readonly filters: readonly Filter[]
  readonly explain: boolean
  /** Empty: not said. */
  readonly timeZone: string
  readonly compare: Comparison | undefined
}

/** Checks what all questions have. @throws PARAMETER_INVALID */
export function readQuestion(asked: Asked | undefined): CheckedQuestion {
  if (!asked) throw invalid('question', 'is required')
  const { from_time, to_time } = checkPeriod(asked)
  return {
    common: {
      from_time: from_time!,
      to_time: to_time!,
      site_ids: checkSites(asked.siteIds),
      include_bots: asked.includeBots,
    },
    filters: checkFilters(asked.filters),
    explain: asked.explain,
    timeZone: checkZoneName(asked.timeZone),
    compare: asked.compare,
  }
}

/** For metrics that read rollups in which a filter cannot be found. @throws PARAMETER_INVALID */
export function refuseFilters(question: CheckedQuestion): CheckedQuestion {
  if (question.filters.length > 0) throw invalid('filters', 'cannot be asked of this metric')
  if (question.timeZone !== '')
    throw invalid('time_zone', 'cannot be asked of this metric: days are those of each site')
  return question
}
