import type { JsonObject, JsonValue } from '@bufbuild/protobuf'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RequestError } from '../errors.ts'
import { anyProperties, anySchema } from './any-schema.case.ts'
import { compileNewSchema, mostValues } from './compile-schema.ts'
import { formats } from './formats.ts'

const check = (schema: JsonObject, properties: JsonObject) => compileNewSchema(schema).compiled.check(properties)
/** A schema with one property `a`. */
const of = (a: JsonValue): JsonObject => ({ type: 'object', properties: { a } })

test('whatever the properties are, judging them ends with a verdict, and it is that of ajv by itself', () => {
  let broken = 0
  fc.assert(
    fc.property(anySchema, fc.array(anyProperties, { minLength: 4, maxLength: 4 }), (schema, events) => {
      const { compiled } = compileNewSchema(schema)
      const plain = new Ajv2020({ ...plainly, formats }).compile(schema)
      for (const properties of events) {
        const breach = compiled.check(properties)
        if (breach) broken++
        const alone = asked(() => plain(properties))
        if (alone !== undefined) expect(breach === undefined).toBe(alone)
        if (breach) expect(breach.field).toMatch(/^properties/)
      }
    }),
    { numRuns: 150 },
  )
  expect(broken).toBeGreaterThan(150)
})

/** ajv as it comes; the draft's own schema takes 50 ms to compile and is not asked. */
const plainly = { strict: false, ownProperties: true, logger: false, meta: false, validateSchema: false } as const

/** ajv's own comparison throws for a property called "toString"; then there is nothing to compare with. */
function asked(ask: () => boolean): boolean | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}

test.each<[JsonObject, JsonObject, string, string, string]>([
  [of({ type: 'number', minimum: 0 }), { a: -1 }, 'properties.a', 'minimum', 'must be >= 0'],
  [{ ...of(true), required: ['b'] }, {}, 'properties.b', 'required', 'is required'],
  [
    of({ type: 'array', items: { type: 'object', properties: { b: { type: 'string' } } } }),
    { a: [{}, { b: 1 }] },
    'properties.a[1].b',
    'type',
    'must be string',
  ],
  [of({ enum: [1, 'x', null] }), { a: 'secret' }, 'properties.a', 'enum', 'must be one of 1, "x", null'],
  [of({ enum: [1, 2, 3, 4, 5, 6] }), { a: 0 }, 'properties.a', 'enum', 'must be one of 1, 2, 3, 4, 5, …'],
  [of({ const: 'x' }), { a: 'secret' }, 'properties.a', 'const', 'must be "x"'],
  [
    of({ type: 'string', maxLength: 3 }),
    { a: 'secret' },
    'properties.a',
    'maxLength',
    'must NOT have more than 3 characters',
  ],
  [of({ type: 'string', pattern: '^x' }), { a: 'secret' }, 'properties.a', 'pattern', 'must match pattern "^x"'],
  [of({ type: 'string', format: 'uuid' }), { a: 'secret' }, 'properties.a', 'format', 'must match format "uuid"'],
  [
    of({ type: 'array', uniqueItems: true, maxItems: 9 }),
    { a: [{ b: 1 }, 2, { b: 1 }] },
    'properties.a',
    'uniqueItems',
    'must not have two items that are the same',
  ],
  [
    of(JSON.parse('{"if":{"type":"string"},"then":{"enum":["y"]}}')),
    { a: 'n' },
    'properties.a',
    'enum',
    'must be one of "y"',
  ],
  [
    of({ anyOf: [{ type: 'string' }, { type: 'boolean' }] }),
    { a: 1 },
    'properties.a',
    'anyOf',
    'must match a schema in anyOf',
  ],
  [
    { type: 'object', dependentRequired: { a: ['b'] } },
    { a: 1 },
    'properties.b',
    'dependentRequired',
    'is required where a is there',
  ],
  [
    { type: 'object', propertyNames: { maxLength: 2 } },
    { 'l\u001bong': 1 },
    'properties.l\ufffdong',
    'propertyNames',
    'has a name that is not allowed',
  ],
  [
    { type: 'object', additionalProperties: { type: 'string' } },
    { 'a/b~c': 1 },
    'properties.a/b~c',
    'type',
    'must be string',
  ],
  [
    { type: 'object', $defs: { p: { type: 'number' } }, properties: { a: { $ref: '#/$defs/p' } } },
    { a: 'x' },
    'properties.a',
    'type',
    'must be number',
  ],
])('%j says what is wrong with %j, without repeating it', (schema, properties, field, rule, message) => {
  expect(check(schema, properties)).toMatchObject({ field, rule, message })
})

test('items of a list are counted together', () => {
  const schema = of({ type: 'array', items: { type: 'array', items: { type: 'string' } } })
  expect(check(schema, { a: [[], ['x', 'y', 1]] })).toMatchObject({
    field: 'properties.a[1][2]',
    group: 'properties.a[][]',
  })
})

test('what every object inherits is no property, and a property of such a name is one', () => {
  expect(check({ type: 'object', required: ['toString'] }, {})).toMatchObject({ rule: 'required' })
  expect(check({ type: 'object', required: ['toString'] }, { toString: 1 })).toBeUndefined()
  const different = of({ type: 'array', uniqueItems: true, maxItems: 9 })
  for (const name of ['toString', 'valueOf', 'constructor']) {
    expect(check(different, { a: [{ [name]: {} }, { [name]: 1 }, {}] })).toBeUndefined()
    expect(check(different, { a: [{ [name]: {} }, 1, { [name]: {} }] })).toMatchObject({ rule: 'uniqueItems' })
  }
})

test('patterns are looked at for a bounded number of steps, each event anew', () => {
  const pattern = '(a|b)*a(a|b){100}c'
  const { compiled } = compileNewSchema(
    of({ type: 'array', items: { type: 'string', not: { type: 'string', pattern } } }),
  )
  const text = 'ab'.repeat(4_000)
  expect(compiled.check({ a: [text.slice(0, 200)] })).toBeUndefined()
  const long = { a: Array.from({ length: 8 }, () => text) }
  expect(compiled.check(long)).toMatchObject({ field: 'properties', rule: 'pattern' })
  expect(compiled.check({ a: [text.slice(0, 200)] })).toBeUndefined()
})

test('an event has at most 1,000 values if it has a schema', () => {
  const list = (length: number) => ({ a: Array.from({ length }, () => 0) })
  expect(check({ type: 'object' }, list(mostValues - 1))).toBeUndefined()
  expect(check({ type: 'object' }, list(mostValues))).toMatchObject({ field: 'properties', rule: 'values' })
  expect(check({ type: 'object' }, { a: list(600).a.map(() => [{}]) })).toMatchObject({ rule: 'values' })
})

const deep = (levels: number): JsonObject =>
  levels === 0 ? {} : { type: 'object', properties: { a: deep(levels - 1) } }
/** 2^levels rules once written out. */
const doubling = (levels: number): JsonObject => ({
  type: 'object',
  $ref: '#/$defs/l0',
  $defs: Object.fromEntries(
    Array.from({ length: levels }, (_, at) => [
      `l${at}`,
      at === levels - 1
        ? { minProperties: 1, type: 'object' }
        : { allOf: [{ $ref: `#/$defs/l${at + 1}` }, { $ref: `#/$defs/l${at + 1}` }] },
    ]),
  ),
})

test.each<[string, JsonObject, string]>([
  ['no object at the root', { type: 'string' }, '/type: properties are an object'],
  ['no type', {}, '/type: properties are an object'],
  [
    'extra properties refused',
    { type: 'object', additionalProperties: false },
    '/additionalProperties: properties that a schema does not name are kept',
  ],
  [
    'extra properties refused inside',
    of({ type: 'object', additionalProperties: false }),
    '/properties/a/additionalProperties',
  ],
  [
    'unevaluated properties refused',
    { type: 'object', unevaluatedProperties: false },
    '/unevaluatedProperties: properties that a schema does not name are kept',
  ],
  [
    'a remote reference',
    of({ $ref: 'https://example.com/s.json' }),
    '/properties/a/$ref: a reference leads into this schema only',
  ],
  ['a reference to a file', of({ $ref: 'file:///etc/passwd#/a' }), 'a reference leads into this schema only'],
  ['a reference to nothing', of({ $ref: '#/$defs/none' }), 'it refers to no schema in this one'],
  ['a reference into a value', { ...of({ $ref: '#/default/a' }), default: { a: {} } }, 'it refers to no schema'],
  ['a reference to the root', of({ $ref: '#' }), 'it refers to itself'],
  [
    'a reference that goes round',
    { type: 'object', $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
    'it refers to itself',
  ],
  ['a tree that refers to itself', of({ $ref: '#/properties/a' }), 'it refers to itself'],
  ['a dynamic reference', of({ $dynamicRef: '#a' }), '/properties/a/$dynamicRef'],
  ['an address', { type: 'object', $id: 'https://example.com' }, '/$id'],
  ['an anchor', { type: 'object', $anchor: 'a' }, '/$anchor'],
  ['an asynchronous schema', { type: 'object', $async: true }, '/$async'],
  ['a keyword of nobody', of({ type: 'string', maxlength: 3 }), '/properties/a/maxlength: there is no such keyword'],
  ['code', of({ type: 'string', instanceof: 'Function' }), '/properties/a/instanceof'],
  ['$data', of({ type: 'number', minimum: { $data: '1/b' } }), '/properties/a/minimum: must be number'],
  ['another draft', { type: 'object', $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema'],
  [
    'a format of nobody',
    of({ type: 'string', format: 'toString' }),
    '/properties/a/format: there is no format of this name',
  ],
  ['a format with repetition', of({ type: 'string', format: 'regex' }), '/properties/a/format'],
  [
    'a pattern with a back reference',
    of({ type: 'string', pattern: '(a)\\1' }),
    '/properties/a/pattern: the pattern cannot be taken',
  ],
  [
    'a pattern of names that looks ahead',
    { type: 'object', patternProperties: { '(?=a)': true } },
    '/patternProperties/(?=a): the pattern cannot be taken',
  ],
  [
    'unique items without a limit',
    of({ type: 'array', uniqueItems: true }),
    '/properties/a/uniqueItems: it compares each item with each',
  ],
  ['too many unique items', of({ type: 'array', uniqueItems: true, maxItems: 101 }), '/properties/a/uniqueItems'],
  [
    'an enumeration of objects',
    of({ enum: ['a', {}] }),
    '/properties/a/enum: it holds texts, numbers, booleans and null only',
  ],
  ['a huge enumeration', of({ enum: Array.from({ length: 2_001 }, (_, at) => at) }), 'more than 2000'],
  [
    'a huge list of names',
    { type: 'object', required: Array.from({ length: 2_001 }, (_, at) => `${at}`) },
    'more than 2000',
  ],
  [
    'many large patterns',
    {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 9 }, (_, at) => [`p${at}`, { type: 'string', pattern: `a{${300 + at}}` }]),
      ),
    },
    'more than 2000',
  ],
  ['rules that double', doubling(30), '1e9 rules'],
  [
    'many columns',
    { type: 'object', properties: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`p${at}`, true])) },
    'more than 200 properties',
  ],
  ['32 levels and more', deep(16), 'more than 32 levels'],
  ['more than 64 KiB', { type: 'object', description: 'x'.repeat(65_536) }, 'more than 64 KiB'],
  ['NUL', of({ const: '\0' }), 'NUL'],
  ['half a surrogate pair', of({ const: '\ud800' }), 'surrogate'],
  ['a schema that is false', of(false), '/properties/a: a schema that is false'],
  ['a schema that is a text', of('string'), '/properties/a: it is no schema'],
  ['properties in a list', { type: 'object', properties: [] }, '/properties: it is an object of schemas'],
  ['a list that is none', { type: 'object', allOf: {} }, '/allOf: it is a list of schemas'],
  ['a type of nobody', of({ type: 'text' }), '/properties/a/type: must be equal to one of'],
  ['a type that confuses ajv', of({ type: [{ toString: 1 }, { toString: 1 }] } as never), 'json_schema'],
  ['a rule without its type', of({ minimum: 3 }), 'strict mode: missing type "number" for keyword "minimum"'],
  [
    'a prototype',
    JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'),
    '/properties/__proto__',
  ],
  ['a prototype as a required name', { type: 'object', required: ['__proto__'] }, '/required: the name __proto__'],
  ['a prototype in a constant', of({ const: JSON.parse('{"__proto__":1}') }), '/properties/a/const'],
])('%s is refused', (_what, schema, why) => {
  expect(() => compileNewSchema(schema)).toThrow(RequestError)
  expect(() => compileNewSchema(schema)).toThrow(why)
})

test('what a schema inherits is not part of it', () => {
  const inheriting = Object.setPrototypeOf({ type: 'object' }, { additionalProperties: false, required: ['a'] })
  expect(compileNewSchema(inheriting).json).toEqual({ type: 'object' })
  expect(check(inheriting, {})).toBeUndefined()
})

test('what is at its limits is taken', () => {
  for (const schema of [deep(15), doubling(8), of({ enum: Array.from({ length: 1_900 }, (_, at) => at) })]) {
    expect(compileNewSchema(schema).json).toEqual(schema)
  }
})
