import { JsonText } from '../../eventlog/json-text.ts'
import { Num, Text } from '../../eventlog/record-fields.ts'
import type { RecordView } from '../../eventlog/record-view.ts'
import { Script } from '../../eventlog/script.ts'
import type { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Findings, Tools, Visit } from '../enrich/draft.ts'
import { enrich } from '../enrich/enrich.ts'
import { repairText } from '../enrich/storable-text.ts'
import { actionType } from './action.ts'
import { checkRecord } from './check-record.ts'
import { propertiesJson } from './properties-json.ts'
import type { Refusal } from './refusal.ts'

/** Everything the columns of one row are read from. */
export interface Row {
  readonly logOffset: number
  readonly record: RecordView
  /** What was done, as `event_type` has it. */
  readonly type: string
  readonly found: Findings
  /** There is a visitor: without one there is no session either, unless the sender named it. */
  readonly hasVisitor: boolean
  /** The visitor where it is not the envelope's `visitor_id` as it stands there. */
  readonly madeVisitorId: string | undefined
  /** jsonb of the column `metadata` where the properties are unusual; the record's `propertiesJson` otherwise. */
  readonly unusualMetadata: string | undefined
  /** jsonb of the column `experiments`, variants by experiment; empty if there are none. Valid until the next row is built. */
  readonly experiments: JsonText
  /** NUL or ill-formed text was replaced before the columns are written. */
  readonly repaired: boolean
}

const experiments = new JsonText()

/** Makes a row of a record, or says why it cannot be one. */
export function buildRow(record: RecordView, logOffset: number, tools: Tools): Row | Refusal {
  if (record.number(Num.event) === 0) {
    return { reason: 'RECORD_UNDECODABLE', field: 'event', message: 'the envelope has no event' }
  }
  const type = actionType(record)
  if (type === '') return { reason: 'ACTION_MISSING', field: 'action', message: 'the event has no action' }
  const refusal = checkRecord(record)
  if (refusal !== undefined) return refusal
  const properties = propertiesJson(record.unusualProperties)
  if ('reason' in properties) return properties
  writeExperiments(record)
  return {
    logOffset,
    record,
    type,
    found: enrich(visitOf(record), tools),
    hasVisitor: record.length(Text.visitorId) > 0 || record.length(Text.userId) > 0,
    madeVisitorId: madeVisitor(record),
    unusualMetadata: properties.json,
    experiments,
    repaired:
      record.number(Num.textRepaired) === 1 ||
      record.script(Text.userAgent) === Script.nul ||
      properties.repaired ||
      experiments.repaired,
  }
}

function visitOf(record: RecordView): Visit {
  return {
    url: record.text(Text.pageUrl),
    referrer: record.text(Text.pageReferrer),
    userAgent: record.text(Text.userAgent),
    saysAgent: record.length(Text.deviceAgent) > 0,
    door: record.number(Num.door) as Door,
    hintPlatform: record.text(Text.hintPlatform),
    hintPlatformVersion: record.text(Text.hintPlatformVersion),
    hintMobile: record.number(Num.hintMobile) === 1,
    hintModel: record.text(Text.hintModel),
    ipAddress: record.text(Text.ipAddress),
    countryHeader: record.text(Text.countryHeader),
  }
}

/** For a sender that knows only its signed-in people, the visitor is made of the person. */
function madeVisitor(record: RecordView): string | undefined {
  if (record.length(Text.visitorId) > 0) {
    return record.script(Text.visitorId) === Script.nul ? repairText(record.text(Text.visitorId)) : undefined
  }
  return record.length(Text.userId) > 0 ? `user:${repairText(record.text(Text.userId))}` : undefined
}

function writeExperiments(record: RecordView): void {
  experiments.clear()
  if (record.experiments.length === 0) return
  for (const [index, { experimentId, variant }] of record.experiments.entries()) {
    experiments.plain(index === 0 ? '{' : ',')
    experiments.text(record.bytes, experimentId.start, experimentId.end)
    experiments.plain(':')
    experiments.text(record.bytes, variant.start, variant.end)
  }
  experiments.plain('}')
}
