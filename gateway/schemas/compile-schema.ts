import type { JsonObject } from '@bufbuild/protobuf'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { RequestError } from '../errors.ts'
import { type Breach, breachOf } from './breach.ts'
import { checkSchema } from './check-schema.ts'
import { uniqueItems } from './equality.ts'
import { formats } from './formats.ts'
import { LinearPattern, type Work, workDone } from './linear-pattern.ts'
import { schemaProblem } from './schema-problem.ts'

/**
 * What an event with a schema may have and ask for, so that judging it takes bounded time: values on all levels, objects and
 * lists among them, and steps of patterns (20 ns each).
 */
export const mostValues = 1_000
const mostSteps = 1_000_000

/** A schema that events can be judged by. */
export interface CompiledSchema {
  /** How the properties break it, if they do. */
  check(properties: JsonObject): Breach | undefined
}

/** Patterns by an engine that takes linear time; `code` names it in code written to a file, which is never asked for. */
const engine = (work?: Work) => Object.assign((pattern: string) => new LinearPattern(pattern, work), { code: 'linear' })

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
} as const

/** Checks schemas against the draft. It compiles the draft's own schema once, which takes 50 ms. */
let draft: Ajv2020 | undefined

/**
 * Compiles a schema that was kept, so that is known to be valid. Each has an ajv of its own, which goes when it goes: one
 * ajv for all would keep everything it ever compiled.
 */
export function compileSchema(schema: JsonObject): CompiledSchema {
  const work: Work = { left: mostSteps }
  const ajv = new Ajv2020({ ...options, code: { regExp: engine(work) }, meta: false, validateSchema: false })
  ajv.removeKeyword('uniqueItems').addKeyword(uniqueItems)
  const validate = ajv.compile(schema)
  return {
    check(properties) {
      work.left = mostSteps
      return check(validate, properties)
    },
  }
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
  draft ??= new Ajv2020({ ...options, code: { regExp: engine() } })
  if (draft.validateSchema(json) === true) return
  const [error] = draft.errors as ErrorObject[]
  throw schemaProblem(error!.instancePath, error!.message ?? 'it is no JSON Schema')
}

function check(validate: ValidateFunction, properties: JsonObject): Breach | undefined {
  if (countValues(properties, mostValues) > mostValues) {
    return wholeBreach('values', `must have at most ${mostValues} values on all levels`)
  }
  try {
    return validate(properties) ? undefined : breachOf(validate.errors ?? [], properties)
  } catch (error) {
    if (error !== workDone) throw error
    return wholeBreach('pattern', 'must have shorter texts to be compared with patterns')
  }
}

const wholeBreach = (rule: string, message: string): Breach => ({
  field: 'properties',
  group: 'properties',
  rule,
  message,
})

/** Values on all levels but the outermost, counted until there are more than `most`. */
function countValues(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  for (const inner of Object.values(value)) {
    count += 1 + countValues(inner, most - count)
    if (count > most) return count
  }
  return count
}
