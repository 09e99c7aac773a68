import { expect, test } from 'vitest'
import { Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'
import { readDimension, readFilter } from './read-filter.ts'

test.each([
  [
    'country is DE,AT',
    { dimension: Dimension.COUNTRY, property: '', operator: FilterOperator.IS, values: ['DE', 'AT'] },
  ],
  [
    'page is not /a, /b',
    { dimension: Dimension.PAGE, property: '', operator: FilterOperator.IS_NOT, values: ['/a', '/b'] },
  ],
  ['city is (none)', { dimension: Dimension.CITY, property: '', operator: FilterOperator.IS, values: [''] }],
  ['property:my plan is x', undefined],
  [
    'property:plan does not contain is,a\\,b',
    {
      dimension: Dimension.PROPERTY,
      property: 'plan',
      operator: FilterOperator.DOES_NOT_CONTAIN,
      values: ['is', 'a,b'],
    },
  ],
  ['country', undefined],
  ['planet is Mars', undefined],
  ['country:DE is x', undefined],
  ['property is x', undefined],
])('%s', (text, filter) => {
  if (filter) expect(readFilter(text)).toEqual(filter)
  else expect(() => readFilter(text)).toThrow(/is not a (filter|dimension)/)
})

test('a dimension that is not there is answered by those that are', () => {
  expect(() => readDimension('planet')).toThrow(/page, entry_page, .*property:KEY/)
})
