import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  Dimension,
  FilterOperator,
  type SegmentRule,
  SegmentRuleSchema,
} from '../../../proto/gen/userflow/v1/question_pb.ts'
import { draftOf, ruleOf, ruleWords } from './rules.ts'

/** What a rule means, as the contract says what is absent. */
const meaning = ({ atLeast, atMost, lastDays }: Pick<SegmentRule, 'atLeast' | 'atMost' | 'lastDays'>) => ({
  atLeast: atLeast ?? (atMost === undefined ? 1 : 0),
  atMost,
  lastDays,
})

const rule = fc
  .record({ least: fc.option(fc.nat(50)), most: fc.option(fc.nat(50)), lastDays: fc.nat(3_650) })
  .map(({ least, most, lastDays }) =>
    create(SegmentRuleSchema, {
      lastDays,
      ...(least !== null && { atLeast: least }),
      ...(most !== null && { atMost: (least ?? 0) + most }),
    }),
  )
  // The gateway refuses a rule that says nothing.
  .filter(({ atLeast, atMost }) => atLeast !== 0 || atMost !== undefined)

test('a saved rule that is opened and saved again means the same', () => {
  fc.assert(
    fc.property(rule, (one) => {
      const again = create(SegmentRuleSchema, ruleOf(draftOf(one, 0)))
      expect(meaning(again)).toEqual(meaning(one))
    }),
  )
})

test('a rule reads like a sentence', () => {
  const filters = [
    { dimension: Dimension.PAGE, property: '', operator: FilterOperator.IS, values: ['/pricing', '/plans'] },
  ]
  const says = (init: object): string => ruleWords(create(SegmentRuleSchema, init))
  expect(says({ filters, atLeast: 2, lastDays: 30 })).toBe(
    'Page is /pricing or /plans: at least 2 times in the last 30 days',
  )
  expect(says({ filters, atMost: 0 })).toBe('Page is /pricing or /plans: never')
  expect(says({ atLeast: 1, atMost: 3 })).toBe('any event: at least 1 time, at most 3 times')
})
