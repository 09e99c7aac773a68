import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FunnelDefinitionSchema } from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { parseSearch, writeSearch } from '../../view/search.ts'
import { definitionOf, orders, people, readWay, wayOf, windows, writeWay } from './way.ts'

const filter = fc
  .record({
    dimension: fc.constantFrom(Dimension.PAGE, Dimension.EVENT_NAME, Dimension.PROPERTY),
    property: fc.string({ unit: 'grapheme', minLength: 1 }),
    operator: fc.constantFrom(FilterOperator.IS, FilterOperator.DOES_NOT_CONTAIN),
    values: fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }),
  })
  .map((one) => (one.dimension === Dimension.PROPERTY ? one : { ...one, property: '' }))

const way = fc.record({
  steps: fc.array(fc.array(filter, { maxLength: 3 }), { maxLength: 12 }),
  who: fc.constantFrom(...people),
  order: fc.constantFrom(...orders),
  windowSeconds: fc.constantFrom(...windows),
})

test('a funnel comes out of the address as it went in, whatever its values are', () => {
  fc.assert(
    fc.property(way, (one) => {
      expect(readWay(parseSearch(writeSearch(writeWay(one)).replace(/^\?/, '')))).toEqual(one)
    }),
  )
})

test('what nobody could have written is left out, and the contract says "any event" where nothing is asked', () => {
  const read = readWay({ step: ['any', 'nonsense', 'is,page,%2Fpricing;is,nothing,x'], window: '7', who: 'cat' })
  expect(read.windowSeconds).toBe(604_800)
  expect(read.who).toBe('visitor')
  const { steps } = definitionOf(read)
  expect(steps.map(({ anyEvent, filters }) => [anyEvent, filters.map(({ values }) => values)])).toEqual([
    [true, []],
    [false, [['/pricing']]],
  ])
})

test('a funnel comes out of what is saved as it went in; what the screen cannot show it does not show in part', () => {
  fc.assert(
    fc.property(way, (one) => {
      expect(wayOf(create(FunnelDefinitionSchema, definitionOf(one)))).toEqual(one)
    }),
  )
  const steps = [{ anyEvent: true }, { anyEvent: true }]
  const asked = (more: object) => wayOf(create(FunnelDefinitionSchema, { steps, ...more }))
  expect(asked({ windowSeconds: 0 })).toMatchObject({ who: 'visitor', order: 'loose', windowSeconds: 604_800 })
  expect(asked({ windowSeconds: 7 })).toBeUndefined()
  expect(asked({ groupBy: Dimension.COUNTRY })).toBeUndefined()
  expect(asked({ steps: [{ anyEvent: true }, { anyEvent: true, onDay: 1 }] })).toBeUndefined()
})
