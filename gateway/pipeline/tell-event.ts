import type { MessageInitShape } from '@bufbuild/protobuf'
import { EventState, EventStep, type FindEventResponseSchema } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import type { AnswerMetaSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { Answer } from '../analytics/answer.ts'
import { eventOf, numberOf, textOf, timeOf } from '../analytics/columns.ts'
import type { Row } from '../analytics/run-statement.ts'
import { fromMicros } from '../analytics/time.ts'
import { formatUuid } from '../ingest/identity.ts'
import { letterIdOf } from './letter-id.ts'
import type { LoggedEvent } from './scan-log.ts'

/** Where an event is, as it is told. */
export type FindEventAnswer = MessageInitShape<typeof FindEventResponseSchema>

type Meta = MessageInitShape<typeof AnswerMetaSchema>
type Step = NonNullable<FindEventAnswer['steps']>[number]

/** Why an event was not taken. */
interface Why {
  readonly reason: string
  readonly field: string
  readonly message: string
}

const { KEY_ACCEPTED, VALIDATED, WRITTEN_TO_LOG, ENRICHED, WRITTEN_TO_STORE } = EventStep

/** The stored event in the first row of `find_event`. */
export function tellStored(stored: Answer): FindEventAnswer {
  const row = stored.rows[0]!
  return {
    state: EventState.STORED,
    ...placeOf(row),
    event: eventOf(row),
    steps: [
      ...upToLog(row),
      passed(ENRICHED, learnedOf(row)),
      passed(
        WRITTEN_TO_STORE,
        `as ${[textOf(row, 'event_type'), textOf(row, 'event_name')].filter(Boolean).join(' ')}`,
      ),
    ],
    meta: stored.meta,
  }
}

/** The dead letter in the first row of `dead_letters` or `last_dead_letter`. */
export function tellDeadLetter(dead: Answer): FindEventAnswer {
  const row = dead.rows[0]!
  const why = { reason: textOf(row, 'reason'), field: textOf(row, 'field'), message: textOf(row, 'message') }
  return {
    state: EventState.DEAD_LETTER,
    ...placeOf(row),
    ...why,
    deadLetterId: letterIdOf(row),
    steps: why.reason === unstorable ? [...upToLog(row), failed(WRITTEN_TO_STORE, why)] : upToLog(row, why),
    meta: dead.meta,
  }
}

/** The dead letters that the gateway had accepted: Postgres refused their rows. */
const unstorable = 'ROW_UNSTORABLE'

/** An event that no worker has taken yet. */
export function tellOnLog({ partition, offset, envelope }: LoggedEvent, meta: Meta): FindEventAnswer {
  const { siteId, eventId, receivedAtUs } = envelope
  const why = { reason: envelope.rejectedReason, field: envelope.rejectedField, message: envelope.rejectedMessage }
  return {
    state: EventState.ON_LOG,
    logPartition: partition,
    logOffset: BigInt(offset),
    receivedAt: fromMicros(Number(receivedAtUs)),
    eventId: eventId.length === 16 ? formatUuid(eventId) : '',
    siteId,
    ...why,
    steps: steps({ siteId, place: `${partition}/${offset}` }, why.reason === '' ? undefined : why),
    meta,
  }
}

/** Neither stored nor kept nor on the log. */
export const tellUnknown = (meta: Meta): FindEventAnswer => ({ state: EventState.UNKNOWN, meta })

function placeOf(row: Row) {
  const receivedAt = timeOf(row, 'received_at')
  return {
    logPartition: numberOf(row, 'log_partition'),
    logOffset: BigInt(textOf(row, 'log_offset')),
    eventId: textOf(row, 'event_id'),
    siteId: numberOf(row, 'site_id'),
    ...(receivedAt ? { receivedAt } : {}),
  }
}

const upToLog = (row: Row, why?: Why): Step[] => {
  const place = `${textOf(row, 'log_partition')}/${textOf(row, 'log_offset')}`
  return steps({ siteId: numberOf(row, 'site_id'), place }, why)
}

const steps = (known: { readonly siteId: number; readonly place: string }, why: Why | undefined): Step[] => [
  passed(KEY_ACCEPTED, `site ${known.siteId}`),
  why ? failed(VALIDATED, why) : passed(VALIDATED, ''),
  passed(WRITTEN_TO_LOG, known.place),
]

const passed = (step: EventStep, detail: string): Step => ({ step, passed: true, detail })

const failed = (step: EventStep, { reason, field, message }: Why): Step => ({
  step,
  passed: false,
  detail: `${[reason, field].filter(Boolean).join(' ')}: ${message}`,
})

/** What enrichment found, in a line. Empty parts were not found. */
function learnedOf(row: Row): string {
  const place = [textOf(row, 'city'), textOf(row, 'region'), textOf(row, 'country')].filter(Boolean).join(', ')
  const bot = textOf(row, 'bot_reason')
  const device = [textOf(row, 'browser'), textOf(row, 'os'), textOf(row, 'device_type')].filter(Boolean).join(', ')
  const parts = [device, place && `in ${place}`, textOf(row, 'channel') && `channel ${textOf(row, 'channel')}`]
  return [...parts, bot && `a bot's, by ${bot}`].filter(Boolean).join('; ')
}
