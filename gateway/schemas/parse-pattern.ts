/** A regular expression as a tree. Which of several ways it matches does not matter here, only whether it does. */
export type PatternNode =
  | { readonly kind: 'set'; readonly source: string }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly least: number; readonly most: number }

/** A pattern that is no regular expression, or one that cannot be matched in linear time. The message says which. */
export class PatternProblem extends Error {
  override name = 'PatternProblem'
}

const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/
/** One character outside a class, by its escape; a pair of surrogates is one. */
const oneEscaped =
  /^\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|c[a-zA-Z]|[pP]\{[^}]*\}|[^0-9kbBuxcpP])/
const characterClass = /^\[(?:\\[\s\S]|[^\]\\])*\]/

/**
 * Reads a pattern of JSON Schema, which is a regular expression of ECMAScript with the flag u. Its syntax was checked by
 * the engine of the language before; here it is taken apart. @throws PatternProblem for back references, look-around and
 * word boundaries, which need backtracking or a second reading
 */
export function parsePattern(pattern: string): PatternNode {
  try {
    new RegExp(pattern, 'u')
  } catch (cause) {
    throw new PatternProblem('it is no regular expression of ECMAScript with the flag u', { cause })
  }
  const reader = new PatternReader(pattern)
  return reader.choice()
}

class PatternReader {
  #rest: string

  constructor(pattern: string) {
    this.#rest = pattern
  }

  choice(): PatternNode {
    const parts = [this.#sequence()]
    while (this.#took('|')) parts.push(this.#sequence())
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts }
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = []
    while (this.#rest !== '' && !this.#rest.startsWith('|') && !this.#rest.startsWith(')')) {
      parts.push(this.#repeated(this.#atom()))
    }
    return { kind: 'sequence', parts }
  }

  #repeated(part: PatternNode): PatternNode {
    const found = this.#take(quantifier)
    if (found === undefined) return part
    const [text, least, comma, most] = found
    if (least === undefined) {
      const first = text[0]
      return { kind: 'repeat', part, least: first === '+' ? 1 : 0, most: first === '?' ? 1 : Number.POSITIVE_INFINITY }
    }
    const from = Number(least)
    const to = comma === '' ? from : most === '' ? Number.POSITIVE_INFINITY : Number(most)
    return { kind: 'repeat', part, least: from, most: to }
  }

  #atom(): PatternNode {
    if (this.#took('^')) return { kind: 'start' }
    if (this.#took('$')) return { kind: 'end' }
    if (this.#rest.startsWith('(')) return this.#group()
    if (this.#rest.startsWith('[')) return { kind: 'set', source: this.#take(characterClass)![0] }
    if (this.#rest.startsWith('\\')) return this.#escape()
    const character = String.fromCodePoint(this.#rest.codePointAt(0)!)
    this.#rest = this.#rest.slice(character.length)
    return { kind: 'set', source: character }
  }

  #group(): PatternNode {
    if (!this.#take(/^\((?:\?:|\?<[^=!>][^>]*>)/) && (this.#rest.startsWith('(?') || !this.#took('('))) {
      throw new PatternProblem('it looks ahead or behind, or changes flags, which cannot be matched in linear time')
    }
    const inside = this.choice()
    this.#took(')')
    return inside
  }

  #escape(): PatternNode {
    const found = this.#take(oneEscaped)
    if (found) return { kind: 'set', source: found[0] }
    throw new PatternProblem(
      `"${this.#rest.slice(0, 2)}" refers back or stands for a boundary, which cannot be matched in linear time`,
    )
  }

  #took(text: string): boolean {
    if (!this.#rest.startsWith(text)) return false
    this.#rest = this.#rest.slice(text.length)
    return true
  }

  #take(what: RegExp): RegExpExecArray | undefined {
    const found = what.exec(this.#rest)
    if (!found) return undefined
    this.#rest = this.#rest.slice(found[0].length)
    return found
  }
}
