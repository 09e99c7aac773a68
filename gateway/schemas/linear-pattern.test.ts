import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LinearPattern } from './linear-pattern.ts'
import { PatternProblem } from './parse-pattern.ts'

/** Random patterns of what is taken, over few letters so that texts match now and then. */
const { pattern } = fc.letrec<{ pattern: string }>((tie) => {
  const atom = fc.oneof(
    fc.constantFrom(
      'a',
      'b',
      '.',
      '\\d',
      '\\w',
      '\\s',
      '[ab]',
      '[^a]',
      '[\\]1-3]',
      '\\.',
      '\\u{1f600}',
      '\\p{L}',
      '1',
      'é',
    ),
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(${inner})`),
  )
  const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '+?', '{2,3}?')
  const term = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(atom, quantifier).map(([one, times]) => one + times) },
    { weight: 1, arbitrary: fc.constantFrom('^', '$') },
  )
  const sequence = fc.array(term, { maxLength: 3 }).map((terms) => terms.join(''))
  return {
    pattern: fc.oneof(
      { maxDepth: 2 },
      sequence,
      fc.tuple(sequence, sequence).map(([a, b]) => `${a}|${b}`),
    ),
  }
})
const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', ' ', 'é', '😀', '\n', ']'), maxLength: 8 })

test('a pattern matches exactly what the language says it matches', () => {
  let matched = 0
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 5, maxLength: 5 }), (source, texts) => {
      fc.pre(source.length < 60)
      const linear = new LinearPattern(source)
      for (const one of texts) {
        const expected = new RegExp(source, 'u').test(one)
        if (expected) matched++
        if (linear.test(one) !== expected) throw new Error(`/${source}/ on ${JSON.stringify(one)}: not ${expected}`)
      }
    }),
    { numRuns: 3_000 },
  )
  expect(matched).toBeGreaterThan(1_000)
})

test.each([
  '^(a+)+$',
  '^(a|a)*$',
  '^(a|aa)+$',
  'a*a*a*a*a*a*b',
  '(x+x+)+y',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(.*)*(.*)*Z',
])('%s takes no more than one look at each step for each character', (source) => {
  const linear = new LinearPattern(source)
  // Backtracking engines need longer than the universe for any of these.
  for (const letters of ['a'.repeat(8_192), `${'x'.repeat(8_191)}!`]) linear.test(letters)
  expect(linear.size).toBeLessThan(40)
})

test.each([
  ['(?=a)b', 'looks ahead'],
  ['(?<!a)b', 'behind'],
  ['(a)\\1', 'refers back'],
  ['(?<n>a)\\k<n>', 'refers back'],
  ['\\bword\\b', 'boundary'],
  ['(?i:a)', 'flags'],
  ['a{1000}', '500 steps'],
  ['((((a{10}){10}){10}){10}){10}', '500 steps'],
  ['(((){1000}){1000}){1000}', 'counts are too large'],
  ['x'.repeat(1_001), '1000 characters'],
  ['[a', 'no regular expression'],
  ['a**', 'no regular expression'],
  ['\\-', 'no regular expression'],
])('%s is refused', (source, why) => {
  expect(() => new LinearPattern(source)).toThrow(PatternProblem)
  expect(() => new LinearPattern(source)).toThrow(why)
})
