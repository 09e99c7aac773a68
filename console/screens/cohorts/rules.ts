import type { SegmentRule } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { formatCount } from '../../parts/formats.ts'
import type { ViewFilter } from '../../view/filters.ts'
import { words } from '../../words/cohorts.ts'
import { conditionWords } from '../../words/conditions.ts'

/** A rule as it is built: its conditions, how often, and in how many days; 0 days: in the period. */
export interface DraftRule {
  readonly id: number
  readonly filters: readonly ViewFilter[]
  readonly how: How
  readonly times: number
  readonly lastDays: number
  /** The upper bound of a rule with two, which is kept as it is. */
  readonly alsoAtMost?: number
}

export const hows = ['least', 'most', 'never'] as const
export type How = (typeof hows)[number]

/** A saved rule, to be changed. */
export function draftOf({ filters, atLeast, atMost, lastDays }: SegmentRule, id: number): DraftRule {
  const rest = { id, filters, lastDays }
  if (atMost === 0) return { ...rest, how: 'never', times: 1 }
  if (atMost !== undefined && !atLeast) return { ...rest, how: 'most', times: atMost }
  return { ...rest, how: 'least', times: atLeast ?? 1, ...(atMost !== undefined && { alsoAtMost: atMost }) }
}

/** The rule as the contract says it. */
export function ruleOf({ filters, how, times, lastDays, alsoAtMost }: DraftRule) {
  const bounds = {
    least: { atLeast: times, ...(alsoAtMost !== undefined && { atMost: alsoAtMost }) },
    most: { atMost: times },
    never: { atMost: 0 },
  }[how]
  return { filters: filters.map((one) => ({ ...one, values: [...one.values] })), lastDays, ...bounds }
}

/** A rule as a person reads it: "Page is /pricing, at least 2 times in the last 30 days". */
export function ruleWords(rule: SegmentRule): string {
  const { filters, how, times, lastDays, alsoAtMost } = draftOf(rule, 0)
  const what = filters.map(conditionWords).join(` ${words.and} `) || words.anyEvent
  const { hows: names } = words.form
  const often = how === 'never' ? names.never : `${names[how]} ${words.times(formatCount(times))}`
  const most = alsoAtMost === undefined ? '' : `, ${names.most} ${words.times(formatCount(alsoAtMost))}`
  return `${what}: ${often}${most}${lastDays === 0 ? '' : ` ${words.inDays(formatCount(lastDays))}`}`
}
