import { conditionOn, type Dimension, groupingOf, type Source } from './dimensions.ts'

/** How a filter compares: with any of its values, or with none of them. */
export type FilterOperator = 'is' | 'is_not' | 'contains' | 'does_not_contain'

/** A condition on events and sessions. `values` may be any text that Postgres can hold; the empty one is what is absent. */
export interface Filter {
  readonly dimension: Dimension
  /** The key, of the dimension `property` only. */
  readonly property?: string
  readonly operator: FilterOperator
  readonly values: readonly string[]
}

/** By what the rows of a breakdown are grouped. */
export interface Grouping {
  readonly dimension: Dimension
  readonly property?: string
}

/** What a question adds to a metric's own statement. */
export interface Additions {
  readonly filters: readonly Filter[]
  readonly groupBy?: Grouping
  /** Conditions on events, each of a step of a funnel or of a goal; all conditions of a step must hold, none is any event. */
  readonly steps?: readonly (readonly Filter[])[]
}

/** A statement with its places filled, and the values of the parameters that this added. */
export interface Filled {
  readonly sql: string
  readonly values: readonly (string | readonly string[])[]
}

const filterPlace = /\btrue \/\* filters: (events|sessions) (\w+) \*\//g
const stepPlace = /steps_by_name\(.*\) \/\* steps: (events) (\w+) \*\//g
const groupPlace = /(?:''|coalesce\(\w+\.\w+, ''\)) \/\* by: (events|sessions) (\w+) \*\//g

/** Whether a statement says where filters go. */
export const takesFilters = (sql: string): boolean => sql.search(filterPlace) >= 0

/**
 * Fills the places of a statement: `true /* filters: events e *\/` with the conditions on rows of user_events under the
 * alias e, `coalesce(s.channel, '') /* by: sessions s *\/` with the value to group by, and `steps_by_name(…) /* steps: events e *\/`
 * with a number of which bit n - 1 is set where the event can be the n-th step. Sessions that are filtered are those of the company
 * $1 that began from $3 to $4. The text depends on nothing but the names of dimensions and operators and
 * their number: whatever a stranger wrote becomes a parameter, numbered from `firstParameter`. Without additions the
 * statement stays as it is.
 */
export function fillPlaces(sql: string, additions: Additions, firstParameter: number): Filled {
  const values: (string | readonly string[])[] = []
  const parameter = (value: string | readonly string[]): string => `$${firstParameter - 1 + values.push(value)}`
  const keyOf = (named: Grouping): string => (named.dimension === 'property' ? parameter(named.property ?? '') : '')
  const conditions = additions.filters.map((filter) => compile(filter, keyOf(filter), parameter))
  const steps = additions.steps?.map((step) => step.map((filter) => compile(filter, keyOf(filter), parameter)))
  const { groupBy } = additions
  const groupKey = groupBy ? keyOf(groupBy) : ''
  const filtered =
    conditions.length === 0
      ? sql
      : sql.replace(filterPlace, (_, source: Source, alias: string) =>
          conditions.map((condition) => condition(source, alias)).join('\n      and '),
        )
  const grouped = groupBy
    ? filtered.replace(groupPlace, (_, source: Source, alias: string) =>
        groupingOf({ dimension: groupBy.dimension, source, alias, key: groupKey }),
      )
    : filtered
  const stepped = steps
    ? grouped.replace(stepPlace, (_, source: Source, alias: string) => stepsOf(steps, source, alias))
    : grouped
  return { sql: stepped, values }
}

/** The number of which bit n - 1 says whether a row can be step n. */
function stepsOf(steps: readonly (readonly Condition[])[], source: Source, alias: string): string {
  const bits = steps.map((step, index) => {
    const conditions = step.map((condition) => condition(source, alias))
    return `case when ${conditions.join('\n      and ') || 'true'} then ${2 ** index} else 0 end`
  })
  return `(${bits.join('\n    + ')})`
}

type Condition = (source: Source, alias: string) => string

function compile(filter: Filter, key: string, parameter: (value: readonly string[]) => string): Condition {
  const { dimension, operator } = filter
  const contains = operator === 'contains' || operator === 'does_not_contain'
  const values = parameter(contains ? filter.values.map(asPattern) : filter.values)
  const use = (expression: string): string => `${expression} ${contains ? 'ilike' : '='} any (${values}::text[])`
  const negated = operator === 'is_not' || operator === 'does_not_contain'
  return (source, alias) => {
    const condition = conditionOn({ dimension, source, alias, key }, use)
    return negated ? `not (${condition})` : condition
  }
}

/** The pattern of LIKE that finds the text anywhere, with nothing in it meaning more than itself. */
const asPattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`
