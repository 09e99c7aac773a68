/** How parsed JSON is: whether it may be walked by recursion, and whether UTF-8 can hold its texts. */
export type JsonShape = 'sound' | 'broken text' | 'too deep'

/**
 * Looks for lone surrogates in texts and keys, and at most this many levels of objects and lists deep, so that it cannot
 * overflow the stack.
 */
export function shapeOf(json: unknown, levels: number): JsonShape {
  if (typeof json === 'string') return json.isWellFormed() ? 'sound' : 'broken text'
  if (typeof json !== 'object' || json === null) return 'sound'
  if (levels === 0) return 'too deep'
  let shape: JsonShape = 'sound'
  // for…in, because it makes no list; what JSON.parse returns has no inherited keys. Those of lists are digits.
  for (const key in json) {
    const found = shapeOf((json as Record<string, unknown>)[key], levels - 1)
    if (found === 'too deep') return found
    if (found === 'broken text' || !key.isWellFormed()) shape = 'broken text'
  }
  return shape
}

/** The same JSON with U+FFFD for each lone surrogate. The depth must be bounded already. */
export function repairText(json: unknown): unknown {
  if (typeof json === 'string') return json.toWellFormed()
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(repairText)
  // fromEntries, because assigning to "__proto__" would not make a key of it.
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key.toWellFormed(), repairText(value)]))
}

/** Levels of a rejected event that its dead letter keeps; a multiple of what is ever accepted. */
const keptLevels = 100

/** JSON text for a dead letter. What is nested too deep for JSON.stringify is replaced by a note. */
export function safeJson(json: unknown): string {
  const kept = shapeOf(json, keptLevels) === 'too deep' ? cutBelow(json, keptLevels) : json
  return JSON.stringify(kept, withGreatNumbers) ?? 'null'
}

// In Node since 21; TypeScript's library does not know it yet.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }

/** A number too great for a double is read as infinite. Written as null it would be another value when it is judged again. */
function withGreatNumbers(_key: string, value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return rawJSON('1e999')
  return value === Number.NEGATIVE_INFINITY ? rawJSON('-1e999') : value
}

function cutBelow(json: unknown, levels: number): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (levels === 0) return `(cut: more than ${keptLevels} levels)`
  if (Array.isArray(json)) return json.map((value) => cutBelow(value, levels - 1))
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, cutBelow(value, levels - 1)]))
}
