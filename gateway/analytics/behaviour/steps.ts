import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  type JourneyStep,
  JourneyStepKind,
  type JourneyStepSchema,
} from '../../../proto/gen/userflow/v1/journeys_pb.ts'
import { invalid } from '../../errors.ts'
import { storable } from '../parameters.ts'

const mostCharacters = 8_192

/** Steps that stand for none, as sql/metrics/journeys.sql and steps_around.sql call them. */
const others = new Map<string, JourneyStepKind>([
  ['other', JourneyStepKind.OTHER],
  ['end', JourneyStepKind.END],
  ['more', JourneyStepKind.MORE],
  ['start', JourneyStepKind.START],
])

/** A step as the metrics of journeys write it: "page /pricing", "event signup", or one of the words above. */
export function stepOf(written: string): MessageInitShape<typeof JourneyStepSchema> {
  const other = others.get(written)
  if (other !== undefined) return { kind: other }
  const space = written.indexOf(' ')
  const kind = written.slice(0, space) === 'page' ? JourneyStepKind.PAGE : JourneyStepKind.EVENT
  return { kind, value: written.slice(space + 1) }
}

/** A page or event that a question names, as the metrics write it; empty where it is absent. @throws PARAMETER_INVALID */
export function checkStep(parameter: string, step: JourneyStep | undefined, withEvents: boolean): string {
  if (!step) return ''
  if (step.kind !== JourneyStepKind.PAGE && step.kind !== JourneyStepKind.EVENT) {
    throw invalid(`${parameter}.kind`, 'must be a page or an event')
  }
  if (step.kind === JourneyStepKind.EVENT && !withEvents) {
    throw invalid(`${parameter}.kind`, 'can be an event with with_events only')
  }
  if (step.value.length > mostCharacters) {
    throw invalid(`${parameter}.value`, `may have at most ${mostCharacters.toLocaleString('en')} characters`)
  }
  return `${step.kind === JourneyStepKind.PAGE ? 'page' : 'event'} ${storable(step.value)}`
}
