import type { JsonObject, JsonValue } from '@bufbuild/protobuf'
import { isStorable, repairText } from '../enrich/storable-text.ts'
import type { Refusal } from './refusal.ts'

/** Limits of the contract. Postgres takes a little more, but not 6,000 levels, NaN or a text of a gigabyte. */
const depthMax = 32
const keysMax = 255
const numberMax = 1e308

/** What was seen on the way through the properties. */
interface Survey {
  keys: number
  /** Some text needs U+FFFD. */
  repaired: boolean
  refusal: Refusal | undefined
}

/** Properties as JSON text that jsonb takes, or why they cannot be stored. `json` is undefined where there are none. */
export function propertiesJson(
  properties: JsonObject | undefined,
): { readonly json: string | undefined; readonly repaired: boolean } | Refusal {
  if (properties === undefined) return { json: undefined, repaired: false }
  const survey: Survey = { keys: 0, repaired: false, refusal: undefined }
  look(properties, 1, survey)
  if (survey.refusal !== undefined) return survey.refusal
  if (survey.keys === 0) return { json: undefined, repaired: false }
  return { json: JSON.stringify(survey.repaired ? repair(properties) : properties), repaired: survey.repaired }
}

function look(value: JsonValue, depth: number, survey: Survey): void {
  if (survey.refusal !== undefined) return
  if (typeof value === 'string') survey.repaired ||= !isStorable(value)
  else if (typeof value === 'number') lookAtNumber(value, survey)
  else if (typeof value === 'object' && value !== null) lookInside(value, depth, survey)
}

/** JSON has no word for NaN and infinity: they would silently become null. */
function lookAtNumber(value: number, survey: Survey): void {
  if (Math.abs(value) <= numberMax) return
  survey.refusal = refuse('NUMBER_OUT_OF_RANGE', `numbers must be finite and at most 1e308, not ${value}`)
}

function lookInside(value: JsonObject | JsonValue[], depth: number, survey: Survey): void {
  if (depth > depthMax) {
    survey.refusal = refuse('PROPERTIES_TOO_DEEP', `properties are nested deeper than ${depthMax} levels`)
  } else if (Array.isArray(value)) {
    for (const item of value) look(item, depth + 1, survey)
  } else {
    for (const key of Object.keys(value)) {
      survey.keys++
      survey.repaired ||= !isStorable(key)
      look(value[key]!, depth + 1, survey)
    }
    if (survey.keys > keysMax)
      survey.refusal ??= refuse('PROPERTIES_TOO_MANY', `properties have more than ${keysMax} keys`)
  }
}

function refuse(reason: Refusal['reason'], message: string): Refusal {
  return { reason, field: 'properties', message }
}

/** A copy whose texts and keys are storable. `fromEntries` defines keys, so one called `__proto__` is only a key. */
function repair(value: JsonValue): JsonValue {
  if (typeof value === 'string') return repairText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(repair)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [repairText(key), repair(item)]))
}
