import {
  type FunnelDefinition,
  FunnelOrder,
  FunnelPerson,
  type FunnelStep,
} from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { keptByEvents } from '../../../sql/dimensions.ts'
import type { Filter, Grouping } from '../../../sql/filters.ts'
import { invalid } from '../../errors.ts'
import { storable } from '../parameters.ts'
import { checkDimension, checkFilters } from '../question/check-filters.ts'

const persons = new Map<number, string>([
  [FunnelPerson.UNSPECIFIED, 'visitor'],
  [FunnelPerson.VISITOR, 'visitor'],
  [FunnelPerson.USER, 'user'],
  [FunnelPerson.SESSION, 'session'],
])
const orders = new Map<number, boolean>([
  [FunnelOrder.UNSPECIFIED, false],
  [FunnelOrder.LOOSE, false],
  [FunnelOrder.STRICT, true],
])
const daySeconds = 86_400
/** The longest time after an entry or exposure in which something counts. */
export const longestWindowSeconds = 90 * daySeconds
const usualWindowSeconds = 7 * daySeconds
const [fewestSteps, mostSteps] = [2, 12]
const mostNameCharacters = 200
const mostDays = 90

/** A definition that has been checked. */
export interface CheckedDefinition {
  readonly person: string
  readonly strict: boolean
  readonly windowSeconds: number
  /** `onDay` is -1 where any day will do. */
  readonly steps: readonly { readonly name: string; readonly filters: readonly Filter[]; readonly onDay: number }[]
  readonly groupBy: Grouping | undefined
}

/** What a funnel says, checked. @throws PARAMETER_INVALID */
export function checkFunnel(funnel: FunnelDefinition): CheckedDefinition {
  const person = checkPerson('funnel.person', funnel.person)
  const strict = orders.get(funnel.order)
  if (strict === undefined) throw invalid('funnel.order', 'must be loose or strict')
  if (funnel.windowSeconds > longestWindowSeconds) {
    throw invalid('funnel.window_seconds', `may be at most ${longestWindowSeconds.toLocaleString('en')} (90 days)`)
  }
  const { steps } = funnel
  if (steps.length < fewestSteps || steps.length > mostSteps) {
    throw invalid('funnel.steps', `must be ${fewestSteps} to ${mostSteps}`)
  }
  return {
    person,
    strict,
    windowSeconds: funnel.windowSeconds || usualWindowSeconds,
    steps: steps.map(checkStep),
    groupBy: checkGroupBy(funnel),
  }
}

/** Who is counted, as the parameter `person` says it. @throws PARAMETER_INVALID */
export function checkPerson(name: string, person: number): string {
  const known = persons.get(person)
  if (!known) throw invalid(name, 'must be a visitor, a user or a session')
  return known
}

function checkStep(step: FunnelStep, index: number): { name: string; filters: readonly Filter[]; onDay: number } {
  const at = `funnel.steps[${index}]`
  if (step.name.length > mostNameCharacters) {
    throw invalid(`${at}.name`, `may have at most ${mostNameCharacters} characters`)
  }
  if (step.anyEvent && step.filters.length > 0) throw invalid(`${at}.filters`, 'do not go with any_event')
  if (!step.anyEvent && step.filters.length === 0) {
    throw invalid(`${at}.filters`, 'must say which event: 1 to 20 conditions, or any_event')
  }
  if (step.onDay !== undefined && index === 0) throw invalid(`${at}.on_day`, 'is for later steps')
  if (step.onDay !== undefined && step.onDay > mostDays) throw invalid(`${at}.on_day`, `may be at most ${mostDays}`)
  return {
    name: storable(step.name) || `step ${index + 1}`,
    filters: checkFilters(step.filters, { name: `${at}.filters` }),
    onDay: step.onDay ?? -1,
  }
}

function checkGroupBy(funnel: FunnelDefinition): Grouping | undefined {
  if (funnel.groupBy === Dimension.UNSPECIFIED) {
    if (funnel.groupProperty !== '') throw invalid('funnel.group_property', 'goes with DIMENSION_PROPERTY only')
    return undefined
  }
  const groupBy = checkDimension('funnel.group', { dimension: funnel.groupBy, property: funnel.groupProperty })
  if (keptByEvents.has(groupBy.dimension)) return groupBy
  throw invalid('funnel.group_by', 'must be a dimension of the event of entry: not its entry or exit page')
}
