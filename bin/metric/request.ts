import { type DescMethodUnary, fromJsonString, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  ComparedWith,
  Interval,
  People,
  type QuestionSchema,
  type Segment,
  SegmentSchema,
} from '../../proto/gen/userflow/v1/question_pb.ts'
import { type Options, wholeNumber } from './options.ts'
import { readFilter } from './read-filter.ts'

/** How one NAME is asked. */
export interface Asking {
  readonly method: DescMethodUnary
  readonly request: (options: Options, nowMs: number) => object
  /** The files of sql/metrics that answer it. */
  readonly metrics: readonly string[]
}

const dayMs = 86_400_000

function timeOf(option: string, written: string): ReturnType<typeof timestampFromMs> {
  const ms = Date.parse(written)
  if (Number.isNaN(ms)) throw new Error(`--${option}: "${written}" is not a time such as 2026-11-01T08:00:00Z`)
  return timestampFromMs(ms)
}

/** A value of an option by its name in lower case. @throws Error naming the option. */
export function oneOf<T>(
  option: string,
  written: string | undefined,
  known: Readonly<Record<string, T>>,
): T | undefined {
  if (written === undefined) return undefined
  if (Object.hasOwn(known, written)) return known[written]
  throw new Error(`--${option}: "${written}" is none of ${Object.keys(known).join(', ')}`)
}

/** What every question says. @throws Error saying what is wrong. */
export function question(options: Options, nowMs: number): MessageInitShape<typeof QuestionSchema> {
  const to = options.to === undefined ? timestampFromMs(nowMs) : timeOf('to', options.to)
  const from =
    options.from === undefined ? timestampFromMs(Number(to.seconds) * 1e3 - 30 * dayMs) : timeOf('from', options.from)
  const compare = oneOf('compare', options.compare, {
    'previous-period': ComparedWith.PREVIOUS_PERIOD,
    'previous-year': ComparedWith.PREVIOUS_YEAR,
  })
  return {
    from,
    to,
    ...which(options),
    timeZone: options['time-zone'] ?? '',
    explain: options.explain,
    ...(compare === undefined ? {} : { compare: { with: compare } }),
    ...(options.segment === undefined ? {} : segmentOf(options.segment)),
  }
}

/** Of which sites and visitors. */
export const which = (options: Options) => ({
  siteIds: options.site.map((id) => wholeNumber('site', id)),
  includeBots: options.bots,
  filters: options.filter.map(readFilter),
})

/** How many rows. */
export const rows = (options: Options) => ({ limit: wholeNumber('limit', options.limit) })

/** Lengths of intervals by their names. */
export const intervals = { hour: Interval.HOUR, day: Interval.DAY, week: Interval.WEEK, month: Interval.MONTH }

/** Visitors or users; undefined: not said. */
export const peopleOf = (options: Options): People | undefined =>
  oneOf('people', options.people, { visitors: People.VISITORS, users: People.USERS })

/** A saved segment by its id, or the message Segment in JSON. */
function segmentOf(written: string): { segment: Segment } | { segmentId: string } {
  if (!written.trimStart().startsWith('{')) return { segmentId: written }
  try {
    return { segment: fromJsonString(SegmentSchema, written) }
  } catch (error) {
    throw new Error(`--segment: ${(error as Error).message}`)
  }
}
