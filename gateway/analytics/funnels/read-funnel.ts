import {
  type FunnelDefinition,
  FunnelOrder,
  FunnelPerson,
  type FunnelStep,
} from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { Dimension, type Question as WireQuestion } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { keptByEvents } from '../../../sql/dimensions.ts'
import type { Filter, Grouping } from '../../../sql/filters.ts'
import { invalid } from '../../errors.ts'
import type { Caller, Reading } from '../answer.ts'
import { storable } from '../parameters.ts'
import { checkDimension, checkFilters } from '../question/check-filters.ts'
import { type CheckedQuestion, readQuestion } from '../question/read-question.ts'
import type { AskedCondition } from '../question/saved-segment.ts'
import { findZone } from '../question/zone.ts'

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
const mostGroupCharacters = 2_000

/** What the three files of a funnel are asked with besides the period: the parameters $6 to $11. */
interface FunnelParameters {
  readonly step_names: string[]
  readonly person: string
  readonly window_seconds: number
  readonly strict: boolean
  readonly on_days: number[]
  readonly time_zone: string
}

/** A funnel's question that has been checked. */
export interface CheckedFunnel {
  readonly question: CheckedQuestion
  readonly funnel: FunnelParameters
  /** Fill the places of the statement. */
  readonly places: {
    readonly filters: readonly AskedCondition[]
    readonly steps: readonly (readonly Filter[])[]
    readonly groupBy?: Grouping
  }
}

/** Checks the question and the definition of a funnel, and finds its time zone. @throws PARAMETER_INVALID, STORE_DOWN */
export async function readFunnel(
  reading: Reading,
  caller: Caller,
  request: { question?: WireQuestion | undefined; funnel?: FunnelDefinition | undefined },
): Promise<CheckedFunnel> {
  const question = readQuestion(request.question)
  const { funnel } = request
  if (!funnel) throw invalid('funnel', 'is required')
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
  const checked = steps.map(checkStep)
  const groupBy = checkGroupBy(funnel)
  const zone = await findZone(reading, caller, { timeZone: question.timeZone, siteIds: question.common.site_ids })
  return {
    question,
    funnel: {
      step_names: checked.map(({ name }) => name),
      person,
      window_seconds: funnel.windowSeconds || usualWindowSeconds,
      strict,
      on_days: checked.map(({ onDay }) => onDay),
      time_zone: zone.name,
    },
    places: { filters: question.filters, steps: checked.map(({ filters }) => filters), ...(groupBy && { groupBy }) },
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

/** The group to which persons are limited; absent: all. @throws PARAMETER_INVALID */
export function checkGroup(funnel: CheckedFunnel, group: string | undefined): string | null {
  if (group === undefined) return null
  if (!funnel.places.groupBy) throw invalid('group', 'goes with funnel.group_by only')
  if (group.length > mostGroupCharacters) {
    throw invalid('group', `may have at most ${mostGroupCharacters.toLocaleString('en')} characters`)
  }
  return storable(group)
}
