/** Whether parsed JSON has at most this many levels of objects and lists. Looks no deeper, so it cannot overflow the stack. */
export function depthWithin(json: unknown, levels: number): boolean {
  if (typeof json !== 'object' || json === null) return true
  if (levels === 0) return false
  for (const value of Object.values(json)) if (!depthWithin(value, levels - 1)) return false
  return true
}

/** Whether a text or a key has lone surrogates, which UTF-8 cannot hold. The depth must be bounded already. */
export function hasBrokenText(json: unknown): boolean {
  if (typeof json === 'string') return !json.isWellFormed()
  if (typeof json !== 'object' || json === null) return false
  const list = Array.isArray(json)
  for (const [key, value] of Object.entries(json)) {
    if ((!list && !key.isWellFormed()) || hasBrokenText(value)) return true
  }
  return false
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
  return JSON.stringify(depthWithin(json, keptLevels) ? json : cutBelow(json, keptLevels)) ?? 'null'
}

function cutBelow(json: unknown, levels: number): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (levels === 0) return `(cut: more than ${keptLevels} levels)`
  if (Array.isArray(json)) return json.map((value) => cutBelow(value, levels - 1))
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, cutBelow(value, levels - 1)]))
}
