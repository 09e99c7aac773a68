import type { JsonObject } from '@bufbuild/protobuf'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { RequestError } from '../errors.ts'
import { type Breach, breachOf } from './breach.ts'
import { checkSchema } from './check-schema.ts'
import { comparingKeywords } from './equality.ts'
import { formats } from './formats.ts'
import { LinearPattern } from './linear-pattern.ts'
import { schemaProblem } from './schema-problem.ts'

/** Values, names of properties aside, that an event with a schema may have on all levels: judging one takes bounded time. */
export const mostValues = 1_000

/** A schema that events can be judged by. */
export interface CompiledSchema {
  /** How the properties break it, if they do. */
  check(properties: JsonObject): Breach | undefined
}

/** Patterns by an engine that takes linear time; `code` names it in code written to a file, which is never asked for. */
const linearEngine = Object.assign((pattern: string) => new LinearPattern(pattern), { code: 'linearPattern' })

const options = {
  strict: true,
  // ["string", "null"] is the draft's way of saying that a value may be absent.
  allowUnionTypes: true,
  // Asks that `anyOf: [{required: ["a"]}, …]` repeats the properties in each of its parts.
  strictRequired: false,
  strictTuples: false,
  // A property may be judged by its name and by a pattern that its name matches.
  allowMatchingProperties: true,
  // What an event inherits from its prototype is no property: else "toString" would be there always.
  ownProperties: true,
  logger: false,
  formats,
  code: { regExp: linearEngine },
} as const

/** Checks schemas against the draft. It compiles the draft's own schema once, which takes 50 ms. */
let draft: Ajv2020 | undefined

/**
 * Compiles a schema that was kept, so that is known to be valid. Each has an ajv of its own, which goes when it goes: one
 * ajv for all would keep everything it ever compiled.
 */
export function compileSchema(schema: JsonObject): CompiledSchema {
  const ajv = new Ajv2020({ ...options, meta: false, validateSchema: false })
  for (const definition of comparingKeywords) {
    ajv.removeKeyword(definition.keyword as string)
    ajv.addKeyword(definition)
  }
  const validate = ajv.compile(schema)
  return { check: (properties) => check(validate, properties) }
}

/**
 * Compiles a schema as it came, and returns it also as it is to be kept.
 * @throws RequestError SCHEMA_INVALID with the place and the rule
 */
export function compileNewSchema(given: JsonObject): { readonly json: JsonObject; readonly compiled: CompiledSchema } {
  const json = checkSchema(given)
  try {
    checkDraft(json)
    return { json, compiled: compileSchema(json) }
  } catch (error) {
    if (error instanceof RequestError) throw error
    // ajv ends with the name of its own option, which nobody can set here.
    throw schemaProblem('', (error as Error).message.replace(/ \((?:use \w+|\w+)\)$/, ''), error)
  }
}

function checkDraft(json: JsonObject): void {
  draft ??= new Ajv2020(options)
  if (draft.validateSchema(json) === true) return
  const [error] = draft.errors as ErrorObject[]
  throw schemaProblem(error!.instancePath, error!.message ?? 'it is no JSON Schema')
}

function check(validate: ValidateFunction, properties: JsonObject): Breach | undefined {
  if (countValues(properties, mostValues) > mostValues) {
    const message = `must have at most ${mostValues} values on all levels`
    return { field: 'properties', group: 'properties', rule: 'values', message }
  }
  return validate(properties) ? undefined : breachOf(validate.errors ?? [], properties)
}

/** Values on all levels, counted until there are more than `most`. */
function countValues(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = 0
  for (const inner of Object.values(value)) {
    count += countValues(inner, most - count)
    if (count > most) return count
  }
  return count
}
