import type { JsonValue } from '@bufbuild/protobuf'
import type { FuncKeywordDefinition } from 'ajv'

/**
 * Whether two JSON values are the same. ajv's own comparison asks a value for its `constructor`, `valueOf` and `toString`, and
 * an event may have properties of these names: comparing `{"toString": 1}` with it throws.
 */
export function isSameJson(one: JsonValue, other: JsonValue): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, at) => isSameJson(item, other[at]!))
  }
  if (Array.isArray(other)) return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSameJson(one[name]!, other[name]!))
  )
}

/** `uniqueItems`, to be used in place of ajv's. */
export const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  compile: (wanted: boolean) => (items: JsonValue[]) => !wanted || !hasTwoAlike(items),
}

function hasTwoAlike(items: readonly JsonValue[]): boolean {
  for (let at = 1; at < items.length; at++) {
    for (let before = 0; before < at; before++) if (isSameJson(items[at]!, items[before]!)) return true
  }
  return false
}
