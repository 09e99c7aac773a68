import { Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'

/** A condition of the view, as Filter of the contract says it. */
export interface ViewFilter {
  readonly dimension: Dimension
  /** The key, for a property only. */
  readonly property: string
  readonly operator: FilterOperator
  readonly values: readonly string[]
}

const operators = new Map<string, FilterOperator>([
  ['is', FilterOperator.IS],
  ['is-not', FilterOperator.IS_NOT],
  ['contains', FilterOperator.CONTAINS],
  ['lacks', FilterOperator.DOES_NOT_CONTAIN],
])
const operatorNames = new Map([...operators].map(([name, operator]) => [operator, name]))

const dimensions = new Map<string, Dimension>(
  Object.entries(Dimension)
    .filter(([, value]) => value !== Dimension.UNSPECIFIED)
    .map(([name, value]) => [name.toLowerCase(), value]),
)
const dimensionNames = new Map([...dimensions].map(([name, value]) => [value, name]))

/** A dimension as it stands in addresses: "utm_source". */
export const dimensionName = (dimension: Dimension): string => dimensionNames.get(dimension) ?? ''

/** The dimension of such a name. */
export const dimensionOf = (name: string): Dimension | undefined => dimensions.get(name)

/** A filter as it stands in addresses: "is,country,DE,AT"; a property is "is,property:plan,pro". */
export function writeFilter({ dimension, property, operator, values }: ViewFilter): string {
  const name = dimensionName(dimension)
  const subject = dimension === Dimension.PROPERTY ? `${name}:${encode(property)}` : name
  return [operatorNames.get(operator) ?? 'is', subject, ...values.map(encode)].join(',')
}

/** Reads it back; what nobody could have written is left out. */
export function readFilter(text: string): ViewFilter | undefined {
  const [operatorText = '', subject = '', ...values] = text.split(',')
  const [name = '', property = ''] = subject.split(':')
  const operator = operators.get(operatorText)
  const dimension = dimensions.get(name)
  if (operator === undefined || dimension === undefined || values.length === 0 || values.length > 100) return undefined
  if ((dimension === Dimension.PROPERTY) !== (property !== '')) return undefined
  try {
    return { dimension, property: decodeURIComponent(property), operator, values: values.map(decodeURIComponent) }
  } catch {
    return undefined
  }
}

/** Commas and colons part the pieces, so they are escaped inside of them; half of a surrogate pair has no encoding. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed())

/** The filters with this value besides: one "is" of a dimension takes several values, of which one must match. */
export function withValue(filters: readonly ViewFilter[], added: ViewFilter): readonly ViewFilter[] {
  const at = filters.findIndex(
    (one) => one.dimension === added.dimension && one.property === added.property && one.operator === added.operator,
  )
  if (at < 0) return [...filters, added]
  return filters.map((one, index) =>
    index === at ? { ...one, values: [...new Set([...one.values, ...added.values])] } : one,
  )
}
