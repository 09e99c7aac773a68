import type { ErrorObject } from 'ajv'
import { RejectReason } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { quote } from '../ingest/quote.ts'
import { Rejection } from '../ingest/rejection.ts'

/** How an event breaks a schema: the first rule it breaks. */
export interface Breach {
  /** Path of the property, such as "properties.items[2].sku". */
  readonly field: string
  /** The same for every item of a list, such as "properties.items[].sku"; by it breaches are counted. */
  readonly group: string
  /** The keyword of JSON Schema, or "values". */
  readonly rule: string
  /** What was wrong, in English, without the value that was sent. */
  readonly message: string
}

const mostPathCharacters = 300
const mostMessageCharacters = 200
const mostMembersTold = 5

/** What ajv found, in the words of the contract. The last error is the outermost, but for `if`, which says nothing by itself. */
export function breachOf(errors: readonly ErrorObject[], properties: unknown): Breach {
  const last = errors.at(-1)!
  const error = last.keyword === 'if' ? (errors.at(-2) ?? last) : last
  const { missingProperty, propertyName } = error.params as Record<string, unknown>
  const more = [missingProperty, propertyName].filter((name) => typeof name === 'string')
  const path = pathOf(error.instancePath, properties)
  for (const name of more) path.push({ name, item: false })
  return {
    field: written(path, ({ name }) => `[${name}]`),
    group: written(path, () => '[]'),
    rule: error.keyword,
    message: cut(saidOf(error), mostMessageCharacters),
  }
}

/** The verdict of an event that breaks a schema in enforce mode. */
export function schemaBroken(breach: Breach, schema: { readonly name: string; readonly version: number }): Rejection {
  const message = `${breach.message}; schema ${quote(schema.name)} version ${schema.version}: mend the event, or put a version that allows it.`
  return new Rejection(RejectReason.SCHEMA_BROKEN, breach.field, message)
}

interface Part {
  readonly name: string
  readonly item: boolean
}

/** The parts of a JSON pointer; whether one counts items or names a property is told by the value it leads through. */
function pathOf(pointer: string, properties: unknown): Part[] {
  const parts: Part[] = []
  let value = properties
  for (const escaped of pointer.split('/').slice(1)) {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
    parts.push({ name, item: Array.isArray(value) })
    value = (value as Record<string, unknown> | undefined)?.[name]
  }
  return parts
}

const written = (path: readonly Part[], item: (part: Part) => string): string =>
  cut(
    path.reduce((text, part) => text + (part.item ? item(part) : `.${quote(part.name)}`), 'properties'),
    mostPathCharacters,
  )

/** The rule that was broken. ajv's own words repeat nothing of the event; members and constants are the schema's. */
function saidOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>
  if (error.keyword === 'enum' && Array.isArray(params.allowedValues)) {
    const told = params.allowedValues.slice(0, mostMembersTold).map((one) => quote(JSON.stringify(one)))
    return `must be one of ${told.join(', ')}${params.allowedValues.length > mostMembersTold ? ', …' : ''}`
  }
  if (error.keyword === 'const') return `must be ${quote(JSON.stringify(params.allowedValue))}`
  if (error.keyword === 'required') return 'is required'
  if (error.keyword === 'dependentRequired') return `is required where ${quote(String(params.property))} is there`
  if (error.keyword === 'uniqueItems') return 'must not have two items that are the same'
  if (error.keyword === 'propertyNames') return 'has a name that is not allowed'
  return error.message ?? `breaks "${error.keyword}"`
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text
