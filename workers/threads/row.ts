import type { EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Event, Experiment } from '../../proto/gen/userflow/v1/event_pb.ts'
import type { Findings, Tools } from '../enrich/draft.ts'
import { enrich } from '../enrich/enrich.ts'
import { type Action, readAction } from './action.ts'
import { checkRecord } from './check-record.ts'
import { propertiesJson } from './properties-json.ts'
import type { Refusal } from './refusal.ts'
import { isStorable, repairText } from './storable-text.ts'

/** Everything the columns of one row are read from. */
export interface Row {
  readonly logOffset: number
  readonly envelope: EventEnvelope
  readonly event: Event
  readonly action: Action
  readonly found: Findings
  /** Empty: none, then there is no session either unless the sender named one. */
  readonly visitorId: string
  /** jsonb of the column `metadata`. */
  readonly metadata: string | undefined
  /** jsonb of the column `experiments`. */
  readonly experiments: string | undefined
  /** NUL or ill-formed text was replaced before the columns are written. */
  readonly repaired: boolean
}

/** Makes a row of a decoded record, or says why it cannot be one. */
export function buildRow(envelope: EventEnvelope, logOffset: number, tools: Tools): Row | Refusal {
  const { event } = envelope
  if (event === undefined) return { reason: 'RECORD_UNDECODABLE', field: 'event', message: 'the envelope has no event' }
  const action = readAction(event)
  if (action === undefined) return { reason: 'ACTION_MISSING', field: 'action', message: 'the event has no action' }
  const refusal = checkRecord(envelope, event, action)
  if (refusal !== undefined) return refusal
  const properties = propertiesJson(event.properties)
  if ('reason' in properties) return properties
  const experiments = experimentsJson(event.experiments)
  return {
    logOffset,
    envelope,
    event,
    action,
    found: enrich(envelope, event, tools),
    visitorId: visitorOf(envelope, event),
    metadata: properties.json,
    experiments: experiments.json,
    repaired: envelope.textRepaired || properties.repaired || experiments.repaired,
  }
}

/** The visitor; for a sender that knows only its signed-in people, one made of the person. */
function visitorOf(envelope: EventEnvelope, { userId }: Event): string {
  if (envelope.visitorId !== '') return repairText(envelope.visitorId)
  return userId === '' ? '' : `user:${repairText(userId)}`
}

function experimentsJson(experiments: readonly Experiment[]): { json: string | undefined; repaired: boolean } {
  if (experiments.length === 0) return { json: undefined, repaired: false }
  const repaired = !experiments.every(({ experimentId, variant }) => isStorable(experimentId) && isStorable(variant))
  const plain = experiments.map(({ experimentId, variant }) => ({
    experiment_id: repairText(experimentId),
    variant: repairText(variant),
  }))
  return { json: JSON.stringify(plain), repaired }
}
