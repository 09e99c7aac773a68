import type { FunnelDefinition } from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import type { Question as WireQuestion } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { type Dimension, keptByWayCodes, keptByWays } from '../../../sql/dimensions.ts'
import type { Filter, Grouping } from '../../../sql/filters.ts'
import { invalid } from '../../errors.ts'
import type { Caller, Reading } from '../answer.ts'
import { storable } from '../parameters.ts'
import { type CheckedQuestion, readQuestion } from '../question/read-question.ts'
import type { AskedCondition } from '../question/saved-segment.ts'
import { findZone } from '../question/zone.ts'
import { checkFunnel } from './check-funnel.ts'

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
  /** What the name of a metric ends in that answers it: from narrow rows of sealed days where they know all that is asked. */
  readonly source: '' | '_from_events'
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
  const { person, strict, windowSeconds, steps, groupBy } = checkFunnel(funnel)
  const zone = await findZone(reading, caller, { timeZone: question.timeZone, siteIds: question.common.site_ids })
  const asked = [...question.filters, ...(groupBy ? [groupBy] : [])]
  const conditions = steps.flatMap(({ filters }) => filters)
  return {
    question,
    source: areIn(keptByWays, asked) && areIn(keptByWayCodes, conditions) ? '' : '_from_events',
    funnel: {
      step_names: steps.map(({ name }) => name),
      person,
      window_seconds: windowSeconds,
      strict,
      on_days: steps.map(({ onDay }) => onDay),
      time_zone: zone.name,
    },
    places: { filters: question.filters, steps: steps.map(({ filters }) => filters), ...(groupBy && { groupBy }) },
  }
}

const areIn = (known: ReadonlySet<Dimension>, asked: readonly object[]): boolean =>
  asked.every((one) => 'dimension' in one && known.has(one.dimension as Dimension))

/** The group to which persons are limited; absent: all. @throws PARAMETER_INVALID */
export function checkGroup(funnel: CheckedFunnel, group: string | undefined): string | null {
  if (group === undefined) return null
  if (!funnel.places.groupBy) throw invalid('group', 'goes with funnel.group_by only')
  if (group.length > mostGroupCharacters) {
    throw invalid('group', `may have at most ${mostGroupCharacters.toLocaleString('en')} characters`)
  }
  return storable(group)
}
