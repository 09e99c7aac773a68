import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ExperimentRequest, ExperimentResponseSchema } from '../../../proto/gen/userflow/v1/experiments_pb.ts'
import { invalid } from '../../errors.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { numberOf, textOf } from '../columns.ts'
import { checkPerson, longestWindowSeconds } from '../funnels/check-funnel.ts'
import { storable } from '../parameters.ts'
import { checkFilters } from '../question/check-filters.ts'
import { readQuestion } from '../question/read-question.ts'
import { type Comparing, compareVariants } from './compare-variants.ts'

const mostNameCharacters = 200
const mostExpected = 100
const usualLift = 0.1
const greatestLift = 10

/** Which variant of an experiment makes more people reach a goal? */
export async function experiment(
  reading: Reading,
  request: ExperimentRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ExperimentResponseSchema>> {
  const { common, filters, explain } = readQuestion(request.question)
  const name = checkName('experiment', request.experiment)
  if (name === '') throw invalid('experiment', 'is required')
  if (request.goal.length === 0) throw invalid('goal', 'must say which event: 1 to 20 conditions')
  const goal = checkFilters(request.goal, { name: 'goal' })
  if (request.windowSeconds > longestWindowSeconds) {
    throw invalid('window_seconds', `may be at most ${longestWindowSeconds.toLocaleString('en')} (90 days)`)
  }
  const parameters = {
    ...common,
    experiment: name,
    person: checkPerson('person', request.person),
    goal_names: ['goal'],
    window_seconds: request.windowSeconds || null,
    value_property: checkName('value_property', request.valueProperty),
  }
  const comparing = checkComparing(request)
  const { rows, meta } = await answer(reading, {
    metric: 'experiment',
    caller,
    parameters,
    filters,
    steps: [goal],
    explain,
  })
  const counted = rows.slice(0, -1).map((row) => ({
    variant: textOf(row, 'variant'),
    exposed: numberOf(row, 'exposed'),
    converted: numberOf(row, 'converted'),
    mean: numberOf(row, 'mean'),
    variance: numberOf(row, 'variance'),
  }))
  return { ...compareVariants(counted, comparing), inSeveral: numberOf(rows.at(-1)!, 'exposed'), meta }
}

function checkName(parameter: string, name: string): string {
  if (name.length > mostNameCharacters) throw invalid(parameter, `may have at most ${mostNameCharacters} characters`)
  return storable(name)
}

function checkComparing(request: ExperimentRequest): Comparing {
  const { expected, detectableLift } = request
  if (expected.length > mostExpected) throw invalid('expected', `may name at most ${mostExpected} variants`)
  for (const [index, { variant, weight }] of expected.entries()) {
    checkName(`expected[${index}].variant`, variant)
    if (!(weight > 0 && weight <= 1e9)) throw invalid(`expected[${index}].weight`, 'must be more than 0, at most 1e9')
  }
  const weights = new Map(expected.map(({ variant, weight }) => [storable(variant), weight]))
  if (weights.size < expected.length) throw invalid('expected', 'must name each variant once')
  if (!(detectableLift >= 0 && detectableLift <= greatestLift)) {
    throw invalid('detectable_lift', `must be more than 0, at most ${greatestLift}`)
  }
  return {
    control: checkName('control', request.control),
    expected: weights,
    detectableLift: detectableLift || usualLift,
    withValue: request.valueProperty !== '',
  }
}
