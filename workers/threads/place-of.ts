import type { Place } from '../enrich/draft.ts'

/** Reads a database's record: DB-IP's flat layout (`country_code`, `state1`, `city`) or MaxMind's nested one; undefined if it is neither. */
export function placeOf(record: unknown): Place | undefined {
  if (!isRecord(record)) return undefined
  if (typeof record.country_code === 'string') {
    return { country: record.country_code, region: text(record.state1), city: text(record.city) }
  }
  const [subdivision] = Array.isArray(record.subdivisions) ? record.subdivisions : []
  const country = record.country ?? record.registered_country
  return {
    country: isRecord(country) ? text(country.iso_code) : '',
    region: englishName(subdivision),
    city: englishName(record.city),
  }
}

function englishName(part: unknown): string {
  return isRecord(part) && isRecord(part.names) ? text(part.names.en) : ''
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
