import type { MessageInitShape } from '@bufbuild/protobuf'
import { Dimension, FilterOperator, type FilterSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import { dimensions, type Dimension as Named } from '../../sql/dimensions.ts'

const operators = {
  'does not contain': FilterOperator.DOES_NOT_CONTAIN,
  contains: FilterOperator.CONTAINS,
  'is not': FilterOperator.IS_NOT,
  is: FilterOperator.IS,
} as const

const form = new RegExp(`^\\s*(\\S+)\\s+(${Object.keys(operators).join('|')})\\s+(.+)$`, 's')

/** Reads `country is DE,AT`; a comma within a value is `\,`, what is absent `(none)`. @throws Error saying what is wrong. */
export function readFilter(text: string): MessageInitShape<typeof FilterSchema> {
  const [, name, operator, values] = form.exec(text) ?? []
  if (!name || !operator || !values) {
    throw new Error(`"${text}" is not a filter such as 'country is DE,AT': is, is not, contains or does not contain`)
  }
  return {
    ...readDimension(name),
    operator: operators[operator as keyof typeof operators],
    values: values.split(/(?<!\\),/).map((value) => {
      const whole = value.replaceAll('\\,', ',').trim()
      return whole === '(none)' ? '' : whole
    }),
  }
}

/** Reads `country` or `property:plan`. @throws Error listing the dimensions. */
export function readDimension(text: string): { dimension: Dimension; property: string } {
  const [, name, property = ''] = /^([a-z_]+)(?::(.+))?$/s.exec(text) ?? []
  if (!dimensions.includes(name as Named) || (name === 'property') !== (property !== '')) {
    throw new Error(`"${text}" is not a dimension: ${dimensions.join(', ').replace(/property$/, 'property:KEY')}`)
  }
  return { dimension: Dimension[(name as Named).toUpperCase() as keyof typeof Dimension], property }
}
