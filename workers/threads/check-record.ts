import type { EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Event } from '../../proto/gen/userflow/v1/event_pb.ts'
import type { Action } from './action.ts'
import type { Refusal } from './refusal.ts'
import { isLonger } from './storable-text.ts'

const idBytesMax = 200
const nameBytesMax = 200
const urlBytesMax = 8 * 1024
const textBytesMax = 8 * 1024
const experimentsMax = 50
const int4Max = 2 ** 31 - 1
/** Years 2000 to 2100; Postgres' timestamps, dates and partitions hold all of it. */
const timeUsMin = BigInt(Date.UTC(2000, 0, 1)) * 1000n
const timeUsEnd = BigInt(Date.UTC(2101, 0, 1)) * 1000n

/** Whether a company's or site's id can be one. */
export function isRowId(id: number): boolean {
  return id > 0 && id <= int4Max
}

/** Whether a time can be stored, microseconds since 1970. */
export function isStorableTime(timeUs: bigint): boolean {
  return timeUs >= timeUsMin && timeUs < timeUsEnd
}

/**
 * What keeps an accepted event from becoming a row; undefined if nothing does. The gateway has checked all of it, but
 * anyone who may write to the topic can send a record with a good checksum, and one such row would abort its whole batch.
 */
export function checkRecord(envelope: EventEnvelope, event: Event, action: Action): Refusal | undefined {
  return checkEnvelope(envelope) ?? checkIds(envelope, event) ?? checkAction(action) ?? checkContext(event)
}

function checkEnvelope(envelope: EventEnvelope): Refusal | undefined {
  if (!isRowId(envelope.companyId)) return refuse('ROW_UNSTORABLE', 'company_id', 'is no id of a company')
  if (!isRowId(envelope.siteId)) return refuse('ROW_UNSTORABLE', 'site_id', 'is no id of a site')
  if (!isStorableTime(envelope.receivedAtUs)) return refuse('ROW_UNSTORABLE', 'received_at', 'is outside 2000 to 2100')
  if (envelope.eventId.length !== 16) return refuse('EVENT_ID_INVALID', 'event_id', 'is not the 16 bytes of a UUID')
  if (!isStorableTime(envelope.eventTimeUs)) {
    return refuse('EVENT_TIME_OUT_OF_RANGE', 'event_time', 'is outside 2000 to 2100')
  }
  return undefined
}

function checkIds(envelope: EventEnvelope, event: Event): Refusal | undefined {
  return (
    tooLong(event.sessionId, 'session_id', idBytesMax) ??
    tooLong(envelope.visitorId, 'visitor_id', idBytesMax) ??
    tooLong(event.userId, 'user_id', idBytesMax)
  )
}

function checkAction({ name, element, targetUrl, value }: Action): Refusal | undefined {
  if (value !== undefined && !(Math.abs(value) <= 1e308)) {
    return refuse('NUMBER_OUT_OF_RANGE', 'web_vital.value', 'must be finite and at most 1e308')
  }
  return (
    tooLong(name, 'name', nameBytesMax) ??
    tooLong(targetUrl, 'target_url', urlBytesMax) ??
    (element && checkElement(element))
  )
}

function checkElement({ selector, text, type }: NonNullable<Action['element']>): Refusal | undefined {
  return (
    tooLong(selector, 'element.selector', textBytesMax) ??
    tooLong(text, 'element.text', textBytesMax) ??
    tooLong(type, 'element.type', textBytesMax)
  )
}

function checkContext({ page, device, experiments }: Event): Refusal | undefined {
  if (experiments.length > experimentsMax) {
    return refuse('EXPERIMENTS_TOO_MANY', 'experiments', `are more than ${experimentsMax}`)
  }
  for (const { experimentId, variant } of experiments) {
    const refusal =
      tooLong(experimentId, 'experiments.experiment_id', textBytesMax) ??
      tooLong(variant, 'experiments.variant', textBytesMax)
    if (refusal !== undefined) return refusal
  }
  return (
    (page && checkPage(page)) ??
    (device && tooLong(device.language, 'device.language', textBytesMax)) ??
    (device && tooLong(device.timeZone, 'device.time_zone', textBytesMax))
  )
}

function checkPage({ url, title, referrer }: NonNullable<Event['page']>): Refusal | undefined {
  return (
    tooLong(url, 'page.url', urlBytesMax) ??
    tooLong(referrer, 'page.referrer', urlBytesMax) ??
    tooLong(title, 'page.title', textBytesMax)
  )
}

/** The reason follows from the limit: ids and names have 200 bytes, URLs and texts 8 KiB. */
function tooLong(text: string, field: string, bytesMax: number): Refusal | undefined {
  if (!isLonger(text, bytesMax)) return undefined
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
