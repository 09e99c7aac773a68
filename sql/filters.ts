import {
  conditionOn,
  type Dimension,
  groupingOf,
  isKnown,
  keepsIn,
  type Source,
  traitKeyOf,
  traitValueOf,
} from './dimensions.ts'
import { type CompiledRule, meetsRule, type People, ruleSql } from './segment-members.ts'

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

/** What a person must have done so often: events that match all filters, none meaning any event. */
export interface SegmentRule {
  readonly filters: readonly Filter[]
  /** At least 1, or absent: then 0 is enough, and `atMost` is there. */
  readonly atLeast?: number
  readonly atMost?: number
  /** Of 24 hours each, before the end of the period; absent: in the period. */
  readonly lastDays?: number
}

/** People of whom all rules hold. */
export interface Segment {
  readonly people: People
  readonly rules: readonly SegmentRule[]
}

/** What a row must meet: a filter, or to be of a person in the segment. At most one segment a question. */
export type Condition = Filter | { readonly segment: Segment }

/** By what the rows of a breakdown are grouped. */
export interface Grouping {
  readonly dimension: Dimension
  readonly property?: string
}

/** What a question adds to a metric's own statement. */
export interface Additions {
  readonly filters: readonly Condition[]
  readonly groupBy?: Grouping
  /** Filters for places of other names: those of `first` go where `true /* first: events e *\/` stands. */
  readonly named?: Readonly<Record<string, readonly Filter[]>>
  /** Conditions on events, each of a step of a funnel or of a goal; all conditions of a step must hold, none is any event. */
  readonly steps?: readonly (readonly Filter[])[]
}

/** A statement with its places filled, and the values of the parameters that this added. */
export interface Filled {
  readonly sql: string
  readonly values: readonly Value[]
}

type Value = string | number | readonly string[]

const conditionPlace = /\btrue \/\* (\w+): (events|sessions|sealed|clicks|seen|places) (\w+) \*\//g
const filterPlace = /\btrue \/\* filters: (events|sessions|sealed|clicks|seen|places) (\w+) \*\//
const stepPlace = /steps_by_name\(.*\) \/\* steps: (events) (\w+) \*\//g
const groupPlace = /(?:''|coalesce\(\w+\.\w+, ''\)) \/\* by: (events|sessions|sealed) (\w+) \*\//g
const groupedPlace = /\bfalse \/\* grouped \*\//g
const filteredPlace = /\bfalse \/\* filtered \*\//g
const askedPlace = /\bfalse \/\* asks: (\w+_trait) \*\//g
const traitPlace = /(?:coalesce\((\w+)\.(?:channel|page), ''\)|(\w+)\.(?:source|entry|page)_trait) \/\* by: trait \*\//g

/** Whether a statement says where filters go. */
export const takesFilters = (sql: string): boolean => filterPlace.test(sql)

/**
 * Fills the places of a statement: `true /* filters: events e *\/` with the conditions on rows of user_events under the
 * alias e, `coalesce(s.channel, '') /* by: sessions s *\/` with the value to group by (`s.source_trait /* by: trait *\/` and
 * `coalesce(x.channel, '') /* by: trait *\/` with the key and the value of a sealed row's trait), `false /* grouped *\/`,
 * `false /* filtered *\/` and `false /* asks: place_trait *\/` with true where there is such a value, any condition, or one on a
 * dimension that this key of sealed rows has, and `steps_by_name(…) /* steps: events e *\/`
 * with a number of which bit n - 1 is set where the event can be the n-th step. Sessions that are filtered are those of the company
 * $1 that began from $3 to $4. A segment is looked up once, ahead of the statement, with $1 to $5 meaning company, sites, start,
 * end and whether bots count. The text depends on nothing but the names of dimensions and operators and
 * their number: whatever a stranger wrote becomes a parameter, numbered from `firstParameter`. Without additions the
 * statement stays as it is.
 */
export function fillPlaces(sql: string, additions: Additions, firstParameter: number): Filled {
  const values: Value[] = []
  const parameter = (value: Value): string => `$${firstParameter - 1 + values.push(value)}`
  const keyOf = (named: Grouping): string => (named.dimension === 'property' ? parameter(named.property ?? '') : '')
  const compileAll = (filters: readonly Filter[]) => filters.map((one) => compile(one, keyOf(one), parameter))
  const ahead: string[] = []
  const compileCondition = (condition: Condition): CompiledCondition => {
    if (!('segment' in condition)) return compile(condition, keyOf(condition), parameter)
    const rules = compileRules(condition.segment, { compileAll, parameter })
    ahead.push(...rules.map(ruleSql))
    return (source, alias) => rules.map((rule) => meetsRule(rule, source, alias)).join('\n      and ')
  }
  const conditions: Record<string, CompiledCondition[]> = { filters: additions.filters.map(compileCondition) }
  for (const [name, filters] of Object.entries(additions.named ?? {})) conditions[name] = compileAll(filters)
  const steps = additions.steps?.map(compileAll)
  const { groupBy } = additions
  const groupKey = groupBy ? keyOf(groupBy) : ''
  const filtered = sql.replace(conditionPlace, (place, name: string, source: Source, alias: string) => {
    const here = conditions[name] ?? []
    return here.length === 0 ? place : here.map((condition) => condition(source, alias)).join('\n      and ')
  })
  const grouped = groupBy ? group(filtered, groupBy.dimension, groupKey) : filtered
  const stepped = steps
    ? grouped.replace(stepPlace, (_, source: Source, alias: string) => stepsOf(steps, source, alias))
    : grouped
  return { sql: putAhead(mark(stepped, additions.filters), ahead), values }
}

/** Tells a statement whether it is filtered, and by which traits of sealed rows. */
function mark(sql: string, filters: readonly Condition[]): string {
  if (filters.length === 0) return sql
  const asks = (trait: string) => filters.some((one) => 'dimension' in one && keepsIn(one.dimension) === trait)
  return sql
    .replace(filteredPlace, 'true')
    .replace(askedPlace, (place, trait: string) => (asks(trait) ? 'true' : place))
}

const group = (sql: string, dimension: Dimension, key: string): string =>
  sql
    .replace(groupedPlace, 'true')
    .replace(groupPlace, (_, source: Source, alias: string) => groupingOf({ dimension, source, alias, key }))
    .replace(traitPlace, (_, trait: string | undefined, session: string | undefined) =>
      trait ? traitValueOf(dimension, trait) : `${session}.${traitKeyOf(dimension)}`,
    )

/** The number of which bit n - 1 says whether a row can be step n. */
function stepsOf(steps: readonly (readonly CompiledCondition[])[], source: Source, alias: string): string {
  const bits = steps.map((step, index) => {
    const conditions = step.map((condition) => condition(source, alias))
    return `case when ${conditions.join('\n      and ') || 'true'} then ${2 ** index} else 0 end`
  })
  return `(${bits.join('\n    + ')})`
}

/** The statement with more queries at the head of its `with`. */
function putAhead(sql: string, queries: readonly string[]): string {
  if (queries.length === 0) return sql
  const rest = sql.replace(/^with\s+/, '')
  return `with\n${queries.join(',\n')}${rest === sql ? '\n' : ',\n'}${rest}`
}

function compileRules(
  { people, rules }: Segment,
  to: { compileAll: (filters: readonly Filter[]) => CompiledCondition[]; parameter: (value: Value) => string },
): CompiledRule[] {
  const bound = (name: string, value: number | undefined) =>
    value === undefined ? {} : { [name]: to.parameter(value) }
  return rules.map((rule, index) => ({
    name: `segment_${index + 1}`,
    people,
    conditions: to.compileAll(rule.filters).map((condition) => condition('events', 'e')),
    ...bound('atLeast', rule.atLeast),
    ...bound('atMost', rule.atMost),
    ...bound('lastDays', rule.lastDays),
  }))
}

type CompiledCondition = (source: Source, alias: string) => string

function compile(filter: Filter, key: string, parameter: (value: readonly string[]) => string): CompiledCondition {
  const { dimension, operator } = filter
  const contains = operator === 'contains' || operator === 'does_not_contain'
  const values = parameter(contains ? filter.values.map(asPattern) : filter.values)
  const use = (expression: string): string => `${expression} ${contains ? 'ilike' : '='} any (${values}::text[])`
  const negated = operator === 'is_not' || operator === 'does_not_contain'
  return (source, alias) => {
    if (!isKnown(source, dimension)) return 'true'
    const condition = conditionOn({ dimension, source, alias, key, ofFew: operator === 'is' }, use)
    return negated ? `not (${condition})` : condition
  }
}

/** The pattern of LIKE that finds the text anywhere, with nothing in it meaning more than itself. */
const asPattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`
