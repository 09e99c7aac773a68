import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { ComparedWith, type ComparisonSchema, type QuestionSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { Span } from './compare.ts'
import type { ViewFilter } from './filters.ts'

/** What every question of a screen says. */
export interface Asked {
  readonly siteId: number
  readonly bots: boolean
  /** A saved set of people; empty: everybody. */
  readonly segmentId: string
  readonly filters: readonly ViewFilter[]
  readonly zone: string
}

/** The question of the contract for a span of time. */
export function questionOf({ siteId, bots, segmentId, filters, zone }: Asked, { fromMs, toMs }: Span) {
  return {
    from: timestampFromMs(fromMs),
    to: timestampFromMs(toMs),
    siteIds: siteId === 0 ? [] : [siteId],
    includeBots: bots,
    segmentId,
    filters: filters.map((one) => ({ ...one, values: [...one.values] })),
    timeZone: zone,
  } satisfies MessageInitShape<typeof QuestionSchema>
}

/** The comparison of the contract; the console counts the period itself, so that it can be like for like. */
export function comparisonOf(span: Span): MessageInitShape<typeof ComparisonSchema> {
  return { with: ComparedWith.PERIOD, from: timestampFromMs(span.fromMs), to: timestampFromMs(span.toMs) }
}

/** The question where days are those of each site unless people are filtered: so it is answered from sums, whatever zones there are. */
export const questionOfDays = <Q extends Pick<ReturnType<typeof questionOf>, 'filters' | 'segmentId' | 'timeZone'>>(
  question: Q,
): Q => (question.filters.length === 0 && question.segmentId === '' ? { ...question, timeZone: '' } : question)
