import {
  People,
  type SegmentRule as WireRule,
  type Segment as WireSegment,
} from '../../../proto/gen/userflow/v1/question_pb.ts'
import type { Segment, SegmentRule } from '../../../sql/filters.ts'
import type { People as NamedPeople } from '../../../sql/segment-members.ts'
import { invalid } from '../../errors.ts'
import { checkFilters } from './check-filters.ts'

const mostRules = 10
const mostEvents = 1_000_000
const mostDays = 3_650

const kinds = new Map<number, NamedPeople>([
  [People.VISITORS, 'visitors'],
  [People.USERS, 'users'],
])

/** Visitors or users; `usual` where it is not said. `at` names the message in errors. @throws PARAMETER_INVALID */
export function checkPeople(at: string, people: People, usual: NamedPeople = 'visitors'): NamedPeople {
  const known = people === People.UNSPECIFIED ? usual : kinds.get(people)
  if (!known) throw invalid(`${at}people`, 'must be visitors or users')
  return known
}

/** What a segment says, checked. @throws PARAMETER_INVALID */
export function checkSegment(segment: WireSegment): Segment {
  const { rules } = segment
  if (rules.length === 0 || rules.length > mostRules) throw invalid('segment.rules', `must be 1 to ${mostRules}`)
  return { people: checkPeople('segment.', segment.people), rules: rules.map(checkRule) }
}

function checkRule(rule: WireRule, index: number): SegmentRule {
  const at = `segment.rules[${index}]`
  const filters = checkFilters(rule.filters, { name: `${at}.filters` })
  const { atMost, lastDays } = rule
  const atLeast = rule.atLeast ?? (atMost === undefined ? 1 : 0)
  if (atLeast > mostEvents) throw invalid(`${at}.at_least`, `may be at most ${mostEvents.toLocaleString('en')}`)
  if (atMost !== undefined && atMost > mostEvents) {
    throw invalid(`${at}.at_most`, `may be at most ${mostEvents.toLocaleString('en')}`)
  }
  if (atMost !== undefined && atMost < atLeast) throw invalid(`${at}.at_most`, 'must not be less than at_least')
  if (atLeast === 0 && atMost === undefined) {
    throw invalid(`${at}.at_least`, 'of 0 says nothing: give at_most too, or leave the rule out')
  }
  if (lastDays > mostDays) throw invalid(`${at}.last_days`, `may be at most ${mostDays.toLocaleString('en')}`)
  return {
    filters,
    ...(atLeast > 0 ? { atLeast } : {}),
    ...(atMost === undefined ? {} : { atMost }),
    ...(lastDays > 0 ? { lastDays } : {}),
  }
}
