import { Num, Text } from '../../eventlog/record-fields.ts'
import type { RecordView, Span } from '../../eventlog/record-view.ts'
import { actionValue } from './action.ts'
import type { Refusal } from './refusal.ts'

const idBytesMax = 200
const nameBytesMax = 200
const urlBytesMax = 8 * 1024
const textBytesMax = 8 * 1024
const experimentsMax = 50
const int4Max = 2 ** 31 - 1
/** Years 2000 to 2100; Postgres' timestamps, dates and partitions hold all of it. */
const timeUsMin = Date.UTC(2000, 0, 1) * 1000
const timeUsEnd = Date.UTC(2101, 0, 1) * 1000

/** A text's place, the path of its field, and how many bytes it may have. */
type LengthRule = readonly [place: number, field: string, bytesMax: number]

const idLengths: readonly LengthRule[] = [
  [Text.sessionId, 'session_id', idBytesMax],
  [Text.visitorId, 'visitor_id', idBytesMax],
  [Text.userId, 'user_id', idBytesMax],
]
const actionLengths: readonly LengthRule[] = [
  [Text.name, 'name', nameBytesMax],
  [Text.targetUrl, 'target_url', urlBytesMax],
  [Text.elementSelector, 'element.selector', textBytesMax],
  [Text.elementText, 'element.text', textBytesMax],
  [Text.elementType, 'element.type', textBytesMax],
]
const contextLengths: readonly LengthRule[] = [
  [Text.pageUrl, 'page.url', urlBytesMax],
  [Text.pageReferrer, 'page.referrer', urlBytesMax],
  [Text.pageTitle, 'page.title', textBytesMax],
  [Text.language, 'device.language', textBytesMax],
  [Text.timeZone, 'device.time_zone', textBytesMax],
]

/** Whether a company's or site's id can be one. */
export function isRowId(id: number): boolean {
  return id > 0 && id <= int4Max
}

/** Whether a time can be stored, microseconds since 1970. */
export function isStorableTime(timeUs: number): boolean {
  return timeUs >= timeUsMin && timeUs < timeUsEnd
}

/**
 * What keeps an accepted event from becoming a row; undefined if nothing does. The gateway has checked all of it, but
 * anyone who may write to the topic can send a record with a good checksum, and one such row would abort its whole batch.
 */
export function checkRecord(record: RecordView): Refusal | undefined {
  return (
    checkEnvelope(record) ??
    checkLengths(record, idLengths) ??
    checkValue(record) ??
    checkLengths(record, actionLengths) ??
    checkExperiments(record) ??
    checkLengths(record, contextLengths)
  )
}

function checkEnvelope(record: RecordView): Refusal | undefined {
  if (!isRowId(record.number(Num.companyId))) return refuse('ROW_UNSTORABLE', 'company_id', 'is no id of a company')
  if (!isRowId(record.number(Num.siteId))) return refuse('ROW_UNSTORABLE', 'site_id', 'is no id of a site')
  if (!isStorableTime(record.number(Num.receivedAtUs))) {
    return refuse('ROW_UNSTORABLE', 'received_at', 'is outside 2000 to 2100')
  }
  if (record.length(Text.eventId) !== 16) return refuse('EVENT_ID_INVALID', 'event_id', 'is not the 16 bytes of a UUID')
  if (!isStorableTime(record.number(Num.eventTimeUs))) {
    return refuse('EVENT_TIME_OUT_OF_RANGE', 'event_time', 'is outside 2000 to 2100')
  }
  return undefined
}

function checkValue(record: RecordView): Refusal | undefined {
  const value = actionValue(record)
  // NaN fails the comparison too.
  if (value === undefined || Math.abs(value) <= 1e308) return undefined
  return refuse('NUMBER_OUT_OF_RANGE', 'web_vital.value', 'must be finite and at most 1e308')
}

function checkExperiments({ experiments }: RecordView): Refusal | undefined {
  if (experiments.length > experimentsMax) {
    return refuse('EXPERIMENTS_TOO_MANY', 'experiments', `are more than ${experimentsMax}`)
  }
  for (const { experimentId, variant } of experiments) {
    if (lengthOf(experimentId) > textBytesMax) return tooLong('experiments.experiment_id', textBytesMax)
    if (lengthOf(variant) > textBytesMax) return tooLong('experiments.variant', textBytesMax)
  }
  return undefined
}

function lengthOf({ start, end }: Span): number {
  return end - start
}

function checkLengths(record: RecordView, rules: readonly LengthRule[]): Refusal | undefined {
  for (let index = 0; index < rules.length; index++) {
    const [place, field, bytesMax] = rules[index]!
    if (record.length(place) > bytesMax) return tooLong(field, bytesMax)
  }
  return undefined
}

/** The reason follows from the limit: ids and names have 200 bytes, URLs and texts 8 KiB. */
function tooLong(field: string, bytesMax: number): Refusal {
  return refuse(lengthReason(field), field, `is longer than ${bytesMax} bytes`)
}

function lengthReason(field: string): Refusal['reason'] {
  if (field === 'name') return 'NAME_TOO_LONG'
  if (field.endsWith('_id') && !field.includes('.')) return 'ID_TOO_LONG'
  return field.endsWith('url') || field === 'page.referrer' ? 'URL_TOO_LONG' : 'TEXT_TOO_LONG'
}

function refuse(reason: Refusal['reason'], field: string, what: string): Refusal {
  return { reason, field, message: `${field} ${what}` }
}
