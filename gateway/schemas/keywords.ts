/** What the value of a keyword holds: a schema, a list of schemas, schemas by name, or nothing that is a schema. */
export type KeywordKind = 'schema' | 'schemas' | 'named' | 'plain'

/** The keywords of draft 2020-12 that a schema may use. */
export const keywords: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ...(['$schema', '$comment', '$ref', 'title', 'description', 'default', 'examples', 'deprecated'] as const).map(plain),
  ...(['readOnly', 'writeOnly', 'type', 'enum', 'const', 'format', 'pattern', 'required'] as const).map(plain),
  ...(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'] as const).map(plain),
  ...(['minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'minContains', 'maxContains'] as const).map(
    plain,
  ),
  ...(['minProperties', 'maxProperties', 'dependentRequired'] as const).map(plain),
  ...(['not', 'if', 'then', 'else', 'items', 'contains', 'additionalProperties', 'propertyNames'] as const).map(
    (name): [string, KeywordKind] => [name, 'schema'],
  ),
  ...(['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const).map((name): [string, KeywordKind] => [name, 'schemas']),
  ...(['$defs', 'properties', 'patternProperties', 'dependentSchemas'] as const).map((name): [string, KeywordKind] => [
    name,
    'named',
  ]),
])

/** Why a keyword that exists is not taken; any other is unknown. */
export const refusedKeywords: ReadonlyMap<string, string> = new Map([
  ['$id', 'a schema has no address here: leave it out'],
  ['$anchor', 'refer by "#/$defs/…" instead'],
  ['$dynamicRef', 'refer by "$ref" instead'],
  ['$dynamicAnchor', 'refer by "#/$defs/…" instead'],
  ['$recursiveRef', 'refer by "$ref" instead'],
  ['$recursiveAnchor', 'refer by "$ref" instead'],
  ['$async', 'an event is judged at once: leave it out'],
  ['$vocabulary', 'the vocabularies are those of draft 2020-12: leave it out'],
  ['unevaluatedProperties', 'properties that a schema does not name are kept: leave it out'],
  ['unevaluatedItems', 'say "items" instead'],
  ['definitions', 'say "$defs", as draft 2020-12 does'],
  ['dependencies', 'say "dependentRequired" or "dependentSchemas", as draft 2020-12 does'],
  ['nullable', 'say "type": ["…", "null"], as draft 2020-12 does'],
])

function plain(name: string): [string, KeywordKind] {
  return [name, 'plain']
}
