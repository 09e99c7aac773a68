import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  JourneyStep,
  JourneysRequest,
  JourneysResponseSchema,
  StepsAroundRequest,
  StepsAroundResponseSchema,
  TopPathsRequest,
  TopPathsResponseSchema,
} from '../../../proto/gen/userflow/v1/journeys_pb.ts'
import { invalid } from '../../errors.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { numberOf, textOf } from '../columns.ts'
import { checkLimit, checkOffset } from '../parameters.ts'
import { areOfWays } from '../question/of-sessions.ts'
import { type CheckedQuestion, readQuestion } from '../question/read-question.ts'
import type { Row } from '../run-statement.ts'
import { checkCount } from './check-count.ts'
import { checkStep, stepOf } from './steps.ts'

/**
 * Ways of sealed days answer what is asked of rows that have one place and client in common. Whether a session is signed in is known of
 * all its rows together only.
 */
const metricOf = (name: 'journeys' | 'top_paths' | 'steps_around', filters: CheckedQuestion['filters']): string =>
  areOfWays(filters) && filters.every((one) => 'dimension' in one && one.dimension !== 'user')
    ? name
    : `${name}_from_events`

/** Which ways do visitors take, step by step? */
export async function journeys(
  reading: Reading,
  request: JourneysRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof JourneysResponseSchema>> {
  const { common, ...more } = readQuestion(request.question)
  const steps_per_place = checkCount('steps_per_place', request.stepsPerPlace, { usual: 10, most: 20 })
  const parameters = { ...common, ...checkSteps(request), steps_per_place }
  const { rows, meta } = await answer(reading, {
    metric: metricOf('journeys', more.filters),
    caller,
    parameters,
    ...more,
  })
  const links = rows.map((row) => ({
    place: numberOf(row, 'place'),
    from: stepOf(textOf(row, 'from_step')),
    to: stepOf(textOf(row, 'to_step')),
    sessions: numberOf(row, 'sessions'),
  }))
  const first = links.filter(({ place }) => place === 1)
  return { links, sessions: first.reduce((sum, { sessions }) => sum + sessions, 0), meta }
}

/** Which paths do visitors take? */
export async function topPaths(
  reading: Reading,
  request: TopPathsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof TopPathsResponseSchema>> {
  const { common, ...more } = readQuestion(request.question)
  const steps = checkSteps(request)
  const least_places = checkCount('least_steps', request.leastSteps, { usual: 1, most: steps.places })
  const page = { row_limit: checkLimit(request.limit), row_offset: checkOffset(request.offset) }
  const parameters = { ...common, ...steps, least_places, ...page }
  const { rows, meta } = await answer(reading, {
    metric: metricOf('top_paths', more.filters),
    caller,
    parameters,
    ...more,
  })
  const total = rows.at(-1)!
  return {
    rows: rows.slice(0, -1).map((row) => ({
      steps: (JSON.parse(textOf(row, 'path')) as string[]).map(stepOf),
      sessions: numberOf(row, 'sessions'),
      ended: numberOf(row, 'ended'),
    })),
    paths: numberOf(total, 'paths'),
    sessions: numberOf(total, 'sessions'),
    meta,
  }
}

/** What do visitors do before and after a step? */
export async function stepsAround(
  reading: Reading,
  request: StepsAroundRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof StepsAroundResponseSchema>> {
  const { common, ...more } = readQuestion(request.question)
  if (!request.step) throw invalid('step', 'is required')
  const around_step = checkStep('step', request.step, request.withEvents)
  const parameters = { ...common, with_events: request.withEvents, around_step, row_limit: checkLimit(request.limit) }
  const { rows, meta } = await answer(reading, {
    metric: metricOf('steps_around', more.filters),
    caller,
    parameters,
    ...more,
  })
  const side = (direction: string) => rows.filter((row) => row.direction === direction).map(neighbourOf)
  const [before, after] = [side('before'), side('after')]
  return { before, after, times: after.reduce((sum, { times }) => sum + times, 0), meta }
}

const neighbourOf = (row: Row) => ({
  step: stepOf(textOf(row, 'step')),
  times: numberOf(row, 'times'),
  sessions: numberOf(row, 'sessions'),
})

/** What steps of a session are shown. @throws PARAMETER_INVALID */
function checkSteps(request: { steps: number; withEvents: boolean; start?: JourneyStep | undefined }) {
  return {
    with_events: request.withEvents,
    start_step: checkStep('start', request.start, request.withEvents),
    places: checkCount('steps', request.steps, { usual: 5, least: 2, most: 10 }),
  }
}
