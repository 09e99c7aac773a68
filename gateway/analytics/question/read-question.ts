import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { Comparison, Segment, Filter as WireFilter } from '../../../proto/gen/userflow/v1/question_pb.ts'
import type { Filter } from '../../../sql/filters.ts'
import { invalid } from '../../errors.ts'
import { checkPeriod, checkSites } from '../parameters.ts'
import { checkFilters } from './check-filters.ts'
import { checkSegment } from './check-segment.ts'
import { type AskedCondition, checkSegmentId } from './saved-segment.ts'
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
  readonly segment?: Segment | undefined
  readonly segmentId?: string
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
  /** Filters, and the segment if one is asked for. */
  readonly filters: readonly AskedCondition[]
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
    filters: [...checkFilters(asked.filters), ...checkSegmentOf(asked)],
    explain: asked.explain,
    timeZone: checkZoneName(asked.timeZone),
    compare: asked.compare,
  }
}

/** The filters of a question where a segment cannot be asked for: `what` is asked. @throws PARAMETER_INVALID */
export function plainFilters({ filters }: CheckedQuestion, what: string): readonly Filter[] {
  return filters.map((one) => {
    if ('dimension' in one) return one
    throw invalid('question.segment', `cannot be asked of ${what}: leave it out`)
  })
}

function checkSegmentOf({ segment, segmentId = '' }: Asked): AskedCondition[] {
  if (segment && segmentId !== '') throw invalid('segment_id', 'cannot be asked together with segment: leave one out')
  if (segmentId !== '') return [{ segmentId: checkSegmentId(segmentId) }]
  return segment ? [{ segment: checkSegment(segment) }] : []
}
