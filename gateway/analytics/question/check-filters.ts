import { Dimension, FilterOperator, type Filter as WireFilter } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { dimensions, type Dimension as Named } from '../../../sql/dimensions.ts'
import type { Filter, Grouping } from '../../../sql/filters.ts'
import { invalid } from '../../errors.ts'
import { storable } from '../parameters.ts'

const mostFilters = 20
const mostValues = 100
const mostValueCharacters = 2_000
const mostKeyCharacters = 200

const operators = new Map<number, Filter['operator']>([
  [FilterOperator.IS, 'is'],
  [FilterOperator.IS_NOT, 'is_not'],
  [FilterOperator.CONTAINS, 'contains'],
  [FilterOperator.DOES_NOT_CONTAIN, 'does_not_contain'],
])

const byNumber = new Map<number, Named>(
  dimensions.map((name) => [Dimension[name.toUpperCase() as keyof typeof Dimension], name]),
)

/**
 * Filters, checked; a stranger can send any number as a dimension. `name` is theirs in errors; without `of` they are the
 * question's own, at most 20. @throws PARAMETER_INVALID
 */
export function checkFilters(
  filters: readonly WireFilter[],
  of: { readonly name: string; readonly most?: number } = { name: 'filters' },
): readonly Filter[] {
  const { name, most = mostFilters } = of
  if (filters.length > most) throw invalid(name, `there may be at most ${most}`)
  return filters.map((filter, index) => {
    const at = `${name}[${index}]`
    const operator = operators.get(filter.operator)
    if (!operator) throw invalid(`${at}.operator`, 'must be one of the operators')
    const { values } = filter
    if (values.length === 0 || values.length > mostValues) throw invalid(`${at}.values`, `must be 1 to ${mostValues}`)
    for (const value of values) {
      if (value.length > mostValueCharacters) {
        throw invalid(`${at}.values`, `may have at most ${mostValueCharacters.toLocaleString('en')} characters each`)
      }
      if (value === '' && /contain/.test(operator))
        throw invalid(`${at}.values`, 'must not be empty: everything contains ""')
    }
    return { ...checkDimension(at, filter), operator, values: values.map(storable) }
  })
}

/** A dimension and, of a property, its key. `at` names the message in errors. @throws PARAMETER_INVALID */
export function checkDimension(at: string, asked: { dimension: number; property: string }): Grouping {
  const dimension = byNumber.get(asked.dimension)
  const place = at === '' ? '' : `${at}.`
  if (!dimension) throw invalid(`${place}dimension`, 'must be one of the dimensions')
  if (dimension !== 'property') {
    if (asked.property !== '') throw invalid(`${place}property`, 'goes with DIMENSION_PROPERTY only')
    return { dimension }
  }
  if (asked.property === '' || asked.property.length > mostKeyCharacters) {
    throw invalid(`${place}property`, `must be a key of 1 to ${mostKeyCharacters} characters`)
  }
  return { dimension, property: storable(asked.property) }
}
