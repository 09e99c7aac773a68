import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { invalid } from '../errors.ts'
import { isValidTime, toMicros, toSqlTime } from './time.ts'

const longestPeriodMicros = 36_525 * 86_400e6 // 100 years
const mostSites = 100
const mostRows = 1_000
const usualRows = 50
const mostOffset = 100_000
const mostFieldCharacters = 1_000
const letterId = /^[\w.@:-]{1,400}\/\d{1,6}\/\d{1,15}$/
/** A UUID in its 36-character form, in lower case. */
export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A time that may be absent, for a timestamptz parameter. @throws PARAMETER_INVALID */
export function checkTime(name: string, time: Timestamp | undefined): string | null {
  if (time === undefined) return null
  if (!isValidTime(time)) throw invalid(name, 'must lie between the years 1 and 9999')
  return toSqlTime(toMicros(time))
}

/** A period that may be open at either end. @throws PARAMETER_INVALID */
export function checkOpenPeriod(asked: { from?: Timestamp | undefined; to?: Timestamp | undefined }): {
  from_time: string | null
  to_time: string | null
} {
  const period = { from_time: checkTime('from', asked.from), to_time: checkTime('to', asked.to) }
  if (asked.from && asked.to) {
    const lengthMicros = toMicros(asked.to) - toMicros(asked.from)
    if (lengthMicros <= 0) throw invalid('from', 'must be before to')
    if (lengthMicros > longestPeriodMicros) throw invalid('to', 'may be at most 100 years after from')
  }
  return period
}

/** A period with both ends, start inclusive and end exclusive. @throws PARAMETER_INVALID */
export function checkPeriod(asked: { from?: Timestamp | undefined; to?: Timestamp | undefined }): {
  from_time: string | null
  to_time: string | null
} {
  if (!asked.from) throw invalid('from', 'is required')
  if (!asked.to) throw invalid('to', 'is required')
  return checkOpenPeriod(asked)
}

/** Ids of sites; none means every site of the company. @throws PARAMETER_INVALID */
export function checkSites(siteIds: readonly number[]): number[] {
  if (siteIds.length > mostSites) throw invalid('site_ids', `may name at most ${mostSites} sites`)
  const tooGreat = siteIds.find((id) => id > 0x7fff_ffff)
  if (tooGreat !== undefined) throw invalid('site_ids', `${tooGreat} is not the id of a site`)
  return [...siteIds]
}

/** Id of one site. @throws PARAMETER_INVALID */
export function checkSite(name: string, siteId: number): number {
  if (siteId < 1 || siteId > 0x7fff_ffff) throw invalid(name, `${siteId} is not the id of a site`)
  return siteId
}

/** How many rows to show; 0 means the usual number, 50 if not said. @throws PARAMETER_INVALID */
export function checkLimit(limit: number, usual = usualRows): number {
  if (limit > mostRows) throw invalid('limit', `may be at most ${mostRows.toLocaleString('en')}`)
  return limit === 0 ? usual : limit
}

/** How many rows to leave out. @throws PARAMETER_INVALID */
export function checkOffset(offset: number): number {
  if (offset > mostOffset) throw invalid('offset', `may be at most ${mostOffset.toLocaleString('en')}`)
  return offset
}

/** The id of an event, in lower case. @throws PARAMETER_INVALID */
export function checkEventId(eventId: string): string {
  const id = eventId.toLowerCase()
  if (!uuid.test(id)) throw invalid('event_id', 'must be a UUID in its 36-character form')
  return id
}

/** The id of a session. @throws PARAMETER_INVALID */
export function checkSessionId(sessionId: string): string {
  if (sessionId === '' || sessionId.length > mostFieldCharacters) {
    throw invalid('session_id', `must have 1 to ${mostFieldCharacters.toLocaleString('en')} characters`)
  }
  return storable(sessionId)
}

/** The name of a custom event. @throws PARAMETER_INVALID */
export function checkEventName(parameter: string, name: string): string {
  if (name.length > mostFieldCharacters) throw invalid(parameter, `may have at most ${mostFieldCharacters} characters`)
  return storable(name)
}

/** The reason of a dead letter; empty means any. @throws PARAMETER_INVALID */
export function checkReason(reason: string): string | null {
  if (!/^[A-Z0-9_]{0,64}$/.test(reason)) throw invalid('reason', 'must be a name such as EVENT_ID_INVALID')
  return reason === '' ? null : reason
}

/** The field of a dead letter; absent means any, and empty means none named. @throws PARAMETER_INVALID */
export function checkField(field: string | undefined): string | null {
  if (field === undefined) return null
  if (field.length > mostFieldCharacters) throw invalid('field', `may have at most ${mostFieldCharacters} characters`)
  return storable(field)
}

/** Text as Postgres can hold it; what it cannot hold, no stored row has. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

/** Ids of dead letters; none means any. @throws PARAMETER_INVALID */
export function checkLetterIds(ids: readonly string[]): readonly string[] | null {
  if (ids.length > mostRows) throw invalid('ids', `may name at most ${mostRows.toLocaleString('en')} dead letters`)
  for (const id of ids) if (!letterId.test(id)) throw invalid('ids', 'must be topic/partition/offset')
  return ids.length === 0 ? null : ids
}

/** The id of the dead letter to go on behind; empty means from the beginning. @throws PARAMETER_INVALID */
export function checkAfter(after: string): string | null {
  if (after === '') return null
  if (!letterId.test(after)) throw invalid('after', 'must be `next` of the answer before')
  return after
}
