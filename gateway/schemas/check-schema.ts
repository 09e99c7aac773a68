import type { JsonObject, JsonValue } from '@bufbuild/protobuf'
import { shapeOf } from '../ingest/json-value.ts'
import { formats } from './formats.ts'
import { type KeywordKind, keywords, refusedKeywords } from './keywords.ts'
import { LinearPattern } from './linear-pattern.ts'
import { PatternProblem } from './parse-pattern.ts'
import { schemaProblem } from './schema-problem.ts'

/** What a schema may be. */
export const schemaLimits = {
  bytes: 64 * 1024,
  /** Levels of objects and lists of the schema itself. */
  depth: 32,
  /** Properties it names at the top: each is a column of a view. */
  properties: 200,
  /** See `costOf`. */
  cost: 2_000,
  /** A list whose items have to differ compares each with each. */
  uniqueItems: 100,
} as const

const draft = 'https://json-schema.org/draft/2020-12/schema'
/** ajv skips this name, and an object's prototype is no property. */
const prototypeName = '__proto__'

/** A schema by its JSON pointer, and where in the walk it stands. */
interface Found {
  readonly schema: JsonObject
  /** Undefined: not looked at; 'open': it is being looked at; else its cost. */
  cost: number | 'open' | undefined
}

/**
 * Checks what JSON Schema leaves open and a schema of a stranger must not use: size, depth, keywords, references out of it or
 * into themselves, patterns that cannot be matched in linear time, and what it costs to judge by it.
 * Whether it is valid JSON Schema is for ajv to say. Returns it as it is kept: what it inherits is not part of it.
 * @throws RequestError SCHEMA_INVALID with the place and the rule
 */
export function checkSchema(given: JsonObject): JsonObject {
  const schema = plainJson(given)
  if (schema.type !== 'object') throw schemaProblem('/type', 'properties are an object: say "type": "object"')
  const { $schema = draft } = schema
  if ($schema !== draft && $schema !== `${draft}#`) throw schemaProblem('/$schema', `it is not "${draft}"`)
  const walk = new SchemaWalk()
  walk.look(schema, '')
  const named = Object.keys((schema.properties as JsonObject | undefined) ?? {}).length
  if (named > schemaLimits.properties) {
    throw schemaProblem('/properties', `it names more than ${schemaLimits.properties} properties`)
  }
  const cost = walk.costOf('', '')
  if (cost > schemaLimits.cost) {
    throw schemaProblem('', `it has ${cost} rules once its references are written out, more than ${schemaLimits.cost}`)
  }
  return schema
}

function plainJson(given: JsonObject): JsonObject {
  const shape = shapeOf(given, schemaLimits.depth)
  if (shape === 'too deep') throw schemaProblem('', `it has more than ${schemaLimits.depth} levels`)
  if (shape === 'broken text') throw schemaProblem('', 'a text of it has half a surrogate pair')
  const text = JSON.stringify(given)
  if (Buffer.byteLength(text) > schemaLimits.bytes) {
    throw schemaProblem('', `it has more than ${schemaLimits.bytes / 1024} KiB`)
  }
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(text)) throw schemaProblem('', 'a text of it has NUL')
  return JSON.parse(text) as JsonObject
}

class SchemaWalk {
  readonly #found = new Map<string, Found>()

  /** Looks at a schema and those in it; a schema that is `true` allows everything and needs no look. */
  look(schema: JsonValue | undefined, at: string): void {
    if (schema === true) return
    if (schema === false) throw schemaProblem(at, 'a schema that is false allows nothing: say "not" if that is meant')
    if (!isObject(schema)) throw schemaProblem(at, 'it is no schema, which is an object or true')
    this.#found.set(at, { schema, cost: undefined })
    for (const [keyword, value] of Object.entries(schema)) {
      const place = `${at}/${escapeName(keyword)}`
      const kind = kindOf(keyword, value, place)
      if (kind === 'plain') checkPlain(schema, keyword, place)
      for (const [inner, child] of schemasIn(kind, value, place)) this.look(child, inner)
    }
  }

  /**
   * How many rules one value may have to be compared with at most: keywords, members of enumerations, names and steps of
   * patterns, with references written out. Each is asked at most once for each value, so that an event of 1,000 values costs
   * at most this many thousand comparisons.
   */
  costOf(at: string, from: string): number {
    const found = this.#found.get(at)
    if (!found) throw schemaProblem(from, 'it refers to no schema in this one: say "#/$defs/…"')
    if (found.cost === 'open') throw schemaProblem(from, 'it refers to itself, so that judging by it might not end')
    if (found.cost !== undefined) return found.cost
    found.cost = 'open'
    let cost = 1
    for (const [keyword, value] of Object.entries(found.schema)) {
      const place = `${at}/${escapeName(keyword)}`
      cost += ownCost(keyword, value)
      if (keyword === '$ref') cost += this.costOf(targetOf(value, place), place)
      if (keyword === '$defs') continue
      for (const [inner, child] of schemasIn(keywords.get(keyword)!, value, place)) {
        if (isObject(child)) cost += this.costOf(inner, inner)
      }
      // What doubles with each level would soon be no number.
      if (cost > 1e9) throw schemaProblem('', 'it has more than 1e9 rules once its references are written out')
    }
    found.cost = cost
    return cost
  }
}

function kindOf(keyword: string, value: JsonValue | undefined, place: string): KeywordKind {
  if ((keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') && value === false) {
    throw schemaProblem(place, 'properties that a schema does not name are kept, so it cannot be false: leave it out')
  }
  const kind = keywords.get(keyword)
  if (kind) return kind
  const why = refusedKeywords.get(keyword) ?? 'there is no such keyword in draft 2020-12'
  throw schemaProblem(place, why)
}

function schemasIn(kind: KeywordKind, value: JsonValue | undefined, place: string): [string, JsonValue | undefined][] {
  if (kind === 'plain') return []
  if (kind === 'schema') return [[place, value]]
  if (kind === 'schemas') {
    if (!Array.isArray(value)) throw schemaProblem(place, 'it is a list of schemas')
    return value.map((child, index) => [`${place}/${index}`, child])
  }
  if (!isObject(value)) throw schemaProblem(place, 'it is an object of schemas')
  return Object.entries(value).map(([name, child]) => {
    const inner = `${place}/${escapeName(name)}`
    if (name === prototypeName) throw schemaProblem(inner, 'a property of this name cannot be judged')
    if (place.endsWith('/patternProperties')) checkPattern(name, inner)
    return [inner, child]
  })
}

function checkPlain(schema: JsonObject, keyword: string, place: string): void {
  const value = schema[keyword]
  if (keyword === 'pattern' && typeof value === 'string') checkPattern(value, place)
  else if (keyword === 'format' && typeof value === 'string' && !Object.hasOwn(formats, value)) {
    throw schemaProblem(place, `there is no format of this name here, only ${Object.keys(formats).join(', ')}`)
  } else if (keyword === 'uniqueItems' && value === true) {
    const { maxItems } = schema
    if (typeof maxItems === 'number' && maxItems <= schemaLimits.uniqueItems) return
    throw schemaProblem(
      place,
      `it compares each item with each: say "maxItems" of at most ${schemaLimits.uniqueItems} beside it`,
    )
  } else if ((keyword === 'const' || keyword === 'enum') && !isPlain(value, keyword)) {
    throw schemaProblem(
      place,
      'it holds texts, numbers, booleans and null only: say "properties" or "items" for the rest',
    )
  } else if (hasPrototypeName(value)) throw schemaProblem(place, `the name ${prototypeName} cannot be judged`)
}

function hasPrototypeName(value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null) return value === prototypeName
  if (!Array.isArray(value) && Object.hasOwn(value, prototypeName)) return true
  return Object.values(value).some(hasPrototypeName)
}

/** Objects and lists are compared by their rules, not with one another. */
function isPlain(value: JsonValue | undefined, keyword: 'const' | 'enum'): boolean {
  const members = keyword === 'enum' && Array.isArray(value) ? value : [value]
  return members.every((member) => typeof member !== 'object' || member === null)
}

function checkPattern(pattern: string, place: string): void {
  try {
    new LinearPattern(pattern)
  } catch (error) {
    if (error instanceof PatternProblem)
      throw schemaProblem(place, `the pattern cannot be taken, because ${error.message}`, error)
    throw error
  }
}

/** What a keyword adds beside the schemas in it, in comparisons of some 100 ns. Everything in it was checked before. */
function ownCost(keyword: string, value: JsonValue | undefined): number {
  if (keyword === 'pattern' && typeof value === 'string') return new LinearPattern(value).size
  if (keyword === 'patternProperties' && isObject(value)) {
    return Object.keys(value).reduce((sum, pattern) => sum + new LinearPattern(pattern).size, 0)
  }
  return dear.get(keyword) ?? countValues(value, keywords.get(keyword) === 'plain')
}

/** Keywords that look at each character of a text or at each item of a list, and those that look at nothing. */
const dear: ReadonlyMap<string, number> = new Map([
  ['format', 10],
  ['minLength', 5],
  ['maxLength', 5],
  ['uniqueItems', 100],
  ...['$schema', '$comment', 'title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly'].map(
    (annotation): [string, number] => [annotation, 0],
  ),
])

/** Members of enumerations and names, however deep. */
function countValues(value: JsonValue | undefined, within: boolean): number {
  if (!within || typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, one) => sum + countValues(one, true), 1)
}

/** The pointer a reference means. @throws SCHEMA_INVALID for one that leads out of the schema */
function targetOf(ref: JsonValue | undefined, place: string): string {
  if (typeof ref !== 'string' || !/^#(?:\/|$)/.test(ref)) {
    throw schemaProblem(place, 'a reference leads into this schema only: say "#/$defs/…"')
  }
  try {
    return decodeURIComponent(ref.slice(1))
  } catch (error) {
    throw schemaProblem(place, 'it is no JSON pointer', error)
  }
}

const escapeName = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
