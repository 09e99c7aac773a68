import type { JsonObject, JsonValue } from '@bufbuild/protobuf'
import fc from 'fast-check'

/** Names a schema may judge; some are those of what every object inherits. */
const named = fc.constantFrom('a', 'b', 'c', 'toString', 'valueOf', 'constructor', 'hasOwnProperty', 'length', 'é', '7')
const key = fc.oneof({ weight: 20, arbitrary: named }, { weight: 1, arbitrary: fc.constant('__proto__') })
const text = fc.oneof(fc.constantFrom('', 'a', 'ab', 'a\0', '2026-11-22T10:00:00Z', '😀', 'x'.repeat(300)), fc.string())
const number = fc.oneof(
  fc.constantFrom(0, -0, 1, 1.5, 3, 1e21, -1e308, 5e-324, 0.1, 0.3, 2 ** 53),
  fc.double({ noNaN: true, min: -1e308, max: 1e308 }),
)
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}))
/** Properties of an event, of any kind. */
export const anyProperties = fc.dictionary(key, value, { maxKeys: 5 })

const leaf: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { type: 'string' },
  { type: ['string', 'number', 'null'] },
  { type: 'integer' },
  { type: 'number', minimum: 0 },
  { type: 'number', multipleOf: 0.1 },
  { type: 'string', maxLength: 1 },
  { type: 'string', pattern: '^(a+)+\ufffd?$' },
  { type: 'string', format: 'date-time' },
  { enum: [0, '', null, true] },
  { const: 'a' },
  { type: 'array', maxItems: 5, uniqueItems: true },
  { not: { type: 'array' } },
  { type: 'array', items: { type: 'number' }, maxItems: 3, uniqueItems: true },
  { type: 'object', required: ['a'] },
  { anyOf: [{ type: 'boolean' }, { type: 'object', properties: { a: { type: 'string' } } }] },
)
/** Schemas that such properties break about half of the time. */
export const anySchema = fc.record({
  type: fc.constant('object'),
  properties: fc.dictionary(named, leaf, { minKeys: 1, maxKeys: 4 }),
  required: fc.uniqueArray(named, { maxLength: 1 }),
  patternProperties: fc.constantFrom({}, { '^[ab]$': { not: { type: 'boolean' } } }),
  additionalProperties: fc.constantFrom<JsonValue>(true, { not: { type: 'null' } }),
}) as fc.Arbitrary<JsonObject>
