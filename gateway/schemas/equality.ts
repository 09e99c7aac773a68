import type { JsonValue } from '@bufbuild/protobuf'
import type { ErrorObject, FuncKeywordDefinition } from 'ajv'

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

/** The keywords that compare values, to be used in place of ajv's. */
export const comparingKeywords: readonly FuncKeywordDefinition[] = [
  comparing('enum', (members: readonly JsonValue[]) => {
    const plain = new Set<JsonValue>(members.filter((member) => typeof member !== 'object' || member === null))
    const others = members.filter((member) => typeof member === 'object' && member !== null)
    const isMember = (value: JsonValue) => plain.has(value) || others.some((member) => isSameJson(member, value))
    return { passes: isMember, params: { allowedValues: members } }
  }),
  comparing('const', (constant: JsonValue) => ({
    passes: (value) => isSameJson(constant, value),
    params: { allowedValue: constant },
  })),
  comparing('uniqueItems', (wanted: boolean) => ({
    passes: (items) => !wanted || !Array.isArray(items) || !hasTwoAlike(items),
    params: {},
    message: 'must not have two items that are the same',
  })),
]

function hasTwoAlike(items: readonly JsonValue[]): boolean {
  return items.some((item, at) => items.slice(0, at).some((before) => isSameJson(before, item)))
}

interface Comparison {
  readonly passes: (value: JsonValue) => boolean
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
}

function comparing<Value>(keyword: string, compare: (value: Value) => Comparison): FuncKeywordDefinition {
  return {
    keyword,
    errors: 'full',
    ...(keyword === 'uniqueItems' ? { type: 'array' as const } : {}),
    compile(value: Value) {
      const { passes, ...error } = compare(value)
      const validate = (data: JsonValue): boolean => {
        if (passes(data)) return true
        ;(validate as { errors?: Partial<ErrorObject>[] }).errors = [{ keyword, ...error }]
        return false
      }
      return validate
    },
  }
}
