import { type PatternNode, PatternProblem, parsePattern } from './parse-pattern.ts'

/** Most characters of a pattern, and most steps it may be made of once its counts are written out. */
const mostCharacters = 1_000
const mostSteps = 500
/** Counts of nothing, as in `(()){1000}`, make no steps and still take time to write out. */
const mostWritten = 20_000

const Op = { set: 0, split: 1, start: 2, end: 3, found: 4 } as const

/** What may be done for one event, in steps that are looked at; patterns of a schema share one. */
export interface Work {
  left: number
}

/** Thrown when the work that may be done is done. Made once: its trace would say nothing. */
export const workDone = new Error('the patterns take too many steps')

interface Step {
  readonly op: number
  /** Code points that it takes, for `set`. */
  readonly set: CodePoints | undefined
  /** Where it goes on; a split goes on in both. */
  next: number
  other: number
}

/**
 * A regular expression that is matched in time proportional to text times steps, whatever the two are: all ways are followed
 * side by side, character by character. Schemas and the texts they judge are written by strangers, and an engine that
 * backtracks needs minutes for `^(a+)+$` and thirty letters. About 20 ns a character and step that is alive.
 */
export class LinearPattern {
  readonly source: string
  readonly #work: Work
  readonly #steps: Step[] = []
  readonly #first: number
  #written = 0
  /** Steps that wait for a character, and in which round each step was last entered. */
  #alive: number[] = []
  readonly #rounds: Float64Array
  #round = 0

  /** @throws PatternProblem, whose message says what cannot be taken */
  constructor(source: string, work: Work = { left: Number.POSITIVE_INFINITY }) {
    this.#work = work
    if (source.length > mostCharacters) throw new PatternProblem(`it has more than ${mostCharacters} characters`)
    this.source = source
    const found = this.#add(Op.found, undefined)
    this.#first = this.#write(parsePattern(source), found)
    this.#rounds = new Float64Array(this.#steps.length)
  }

  /** Steps it is made of: what a character may cost. */
  get size(): number {
    return this.#steps.length
  }

  /** Whether the text has a part that matches, as `RegExp.test` says without the flags g and y. @throws workDone */
  test(text: string): boolean {
    let came: readonly number[] = []
    for (let at = 0; ; ) {
      const place = { first: at === 0, last: at >= text.length }
      this.#alive = []
      this.#round++
      // A match may begin anywhere.
      if (came.some((step) => this.#enter(step, place)) || this.#enter(this.#first, place)) return true
      if (place.last) return false
      this.#work.left -= this.#alive.length + 1
      if (this.#work.left < 0) throw workDone
      const point = text.codePointAt(at)!
      at += point > 0xffff ? 2 : 1
      came = this.#take(point)
    }
  }

  toString(): string {
    return `linear:${this.source}`
  }

  /** Follows everything that takes no character. True: a match is found. */
  #enter(index: number, place: Place): boolean {
    if (this.#rounds[index] === this.#round) return false
    this.#rounds[index] = this.#round
    const step = this.#steps[index]!
    switch (step.op) {
      case Op.found:
        return true
      case Op.split:
        return this.#enter(step.next, place) || this.#enter(step.other, place)
      case Op.start:
        return place.first && this.#enter(step.next, place)
      case Op.end:
        return place.last && this.#enter(step.next, place)
      default:
        this.#alive.push(index)
        return false
    }
  }

  /** Where those go on that take the character. */
  #take(point: number): number[] {
    const after: number[] = []
    for (const index of this.#alive) {
      const step = this.#steps[index]!
      if (step.set!.has(point)) after.push(step.next)
    }
    return after
  }

  #add(op: number, set: CodePoints | undefined): number {
    if (this.#steps.length >= mostSteps) {
      throw new PatternProblem(`it has more than ${mostSteps} steps once its counts are written out`)
    }
    return this.#steps.push({ op, set, next: -1, other: -1 }) - 1
  }

  /** Writes the steps of a node in front of `next`, and returns the first of them. */
  #write(node: PatternNode, next: number): number {
    if (++this.#written > mostWritten) throw new PatternProblem('its counts are too large')
    switch (node.kind) {
      case 'set':
        return this.#link(this.#add(Op.set, new CodePoints(node.source)), next, -1)
      case 'start':
        return this.#link(this.#add(Op.start, undefined), next, -1)
      case 'end':
        return this.#link(this.#add(Op.end, undefined), next, -1)
      case 'sequence':
        return node.parts.reduceRight((after, part) => this.#write(part, after), next)
      case 'choice':
        return node.parts
          .map((part) => this.#write(part, next))
          .reduceRight((other, one) => this.#link(this.#add(Op.split, undefined), one, other))
      case 'repeat':
        return this.#repeat(node, next)
    }
  }

  #repeat({ part, least, most }: PatternNode & { kind: 'repeat' }, next: number): number {
    let first = next
    if (most === Number.POSITIVE_INFINITY) {
      const loop = this.#add(Op.split, undefined)
      first = this.#link(loop, this.#write(part, loop), next)
    } else {
      for (let count = least; count < most; count++) {
        first = this.#link(this.#add(Op.split, undefined), this.#write(part, first), next)
      }
    }
    for (let count = 0; count < least; count++) first = this.#write(part, first)
    return first
  }

  #link(index: number, next: number, other: number): number {
    const step = this.#steps[index]!
    step.next = next
    step.other = other
    return index
  }
}

interface Place {
  readonly first: boolean
  readonly last: boolean
}

/** The code points of one character of a pattern, such as `a`, `\d` or `[^x-z]`, as the language itself understands it. */
class CodePoints {
  readonly #one: RegExp
  readonly #ascii = new Uint8Array(128)

  constructor(source: string) {
    this.#one = new RegExp(`^(?:${source})$`, 'u')
    for (let point = 0; point < 128; point++) {
      if (this.#one.test(String.fromCodePoint(point))) this.#ascii[point] = 1
    }
  }

  has(point: number): boolean {
    return point < 128 ? this.#ascii[point] === 1 : this.#one.test(String.fromCodePoint(point))
  }
}
