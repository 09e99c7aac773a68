import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Dimension, dimensions, keptBySeen, keptBySessions } from './dimensions.ts'
import {
  type Additions,
  type Condition,
  type Filter,
  type FilterOperator,
  fillPlaces,
  takesFilters,
} from './filters.ts'
import { loadStatement } from './statement.ts'

const operators: readonly FilterOperator[] = ['is', 'is_not', 'contains', 'does_not_contain']
const statement = `select coalesce(s.channel, '') /* by: sessions s */ from user_events e, sessions s
where e.company_id = $1 and true /* filters: events e */ and true /* filters: sessions s */ and true /* first: events e */`

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    "'; drop table user_events; --",
    '$1',
    "') or true --",
    '*/',
    '/* filters: events e */',
    '\\',
    '%',
    "''",
  ),
)
const anyFilter: fc.Arbitrary<Filter> = fc.record({
  dimension: fc.constantFrom(...dimensions),
  property: hostile,
  operator: fc.constantFrom(...operators),
  values: fc.array(hostile, { minLength: 1, maxLength: 5 }),
})

const anySegment = fc.record({
  people: fc.constantFrom('visitors' as const, 'users' as const),
  rules: fc.array(
    fc.record(
      {
        filters: fc.array(anyFilter, { maxLength: 3 }),
        atLeast: fc.integer({ min: 1, max: 9 }),
        atMost: fc.nat(9),
        lastDays: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ['filters', 'atMost'] },
    ),
    { minLength: 1, maxLength: 3 },
  ),
})
const anyConditions: fc.Arbitrary<Condition[]> = fc
  .tuple(fc.array(anyFilter, { maxLength: 20 }), fc.option(anySegment, { nil: undefined }))
  .map(([filters, segment]) => [...filters, ...(segment ? [{ segment }] : [])])

/** The same with harmless text and other numbers. */
const tamed = <C extends Condition>(conditions: readonly C[]): Condition[] =>
  conditions.map((condition) => {
    if (!('segment' in condition)) return tame(condition)
    const { people, rules } = condition.segment
    const others = rules.map(({ filters, atLeast, atMost, lastDays }) => ({
      filters: filters.map(tame),
      ...(atLeast === undefined ? {} : { atLeast: 77 }),
      ...(atMost === undefined ? {} : { atMost: 78 }),
      ...(lastDays === undefined ? {} : { lastDays: 79 }),
    }))
    return { segment: { people, rules: others } }
  })
const tame = ({ dimension, operator }: Filter): Filter => ({ dimension, operator, property: 'k', values: ['v'] })

test('whatever text a filter or segment brings, the statement depends on dimensions, operators and structure alone', () => {
  fc.assert(
    fc.property(anyConditions, fc.array(anyFilter, { maxLength: 3 }), hostile, (filters, first, key) => {
      const groupBy = { dimension: 'channel' as Dimension, property: key }
      const filled = fillPlaces(statement, { filters, groupBy, named: { first } }, 6)
      const harmless = { filters: tamed(filters), groupBy, named: { first: first.map(tame) } }
      expect(filled.sql).toBe(fillPlaces(statement, harmless, 6).sql)
      const used = new Set([...filled.sql.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])).filter((n) => n > 5))
      expect([...used].toSorted((a, b) => a - b)).toEqual(filled.values.map((_, index) => 6 + index))
    }),
  )
})

test('without filters a statement stays as its file has it', () => {
  expect(fillPlaces(statement, { filters: [] }, 6)).toEqual({ sql: statement, values: [] })
  expect(takesFilters(statement)).toBe(true)
  expect(takesFilters('select true')).toBe(false)
})

test('a filter becomes one condition in each place, and its values one parameter', () => {
  const filters: Filter[] = [
    { dimension: 'country', operator: 'is', values: ['DE', 'AT'] },
    { dimension: 'property', property: 'plan', operator: 'does_not_contain', values: ['5%_\\'] },
  ]
  const { sql, values } = fillPlaces('where true /* filters: events e */', { filters }, 6)
  expect(sql).toBe(`where coalesce(e.country, '') = any ($6::text[])
      and not (coalesce(e.metadata ->> $7::text, '') ilike any ($8::text[]))`)
  expect(values).toEqual([['DE', 'AT'], 'plan', ['%5\\%\\_\\\\%']])
})

test('sessions can be counted by what they keep of themselves, and by nothing else', () => {
  for (const dimension of dimensions) {
    const group = () => fillPlaces(statement, { filters: [], groupBy: { dimension } }, 6)
    if (keptBySessions.has(dimension)) expect(group().sql).not.toContain('by: sessions')
    else expect(group).toThrow(/cannot be counted by/)
  }
})

test('sessions with one of few traits are looked for by an array of these, as only that can use an index', () => {
  const filters: Filter[] = [{ dimension: 'country', operator: 'is', values: ['DE'] }]
  const { sql } = fillPlaces('select where true /* filters: sealed s */', { filters }, 6)
  expect(sql).toMatch(
    /^select where s\.place_trait = any \(array\([^$]*company_id = \$1::int and [^$]+ = any \(\$6::text\[\]\)\)\)$/,
  )
})

test('a filter on sealed sessions looks its value up among the traits, for every dimension that sessions keep and no other', () => {
  const file = 'select s.source_trait /* by: trait */, x where true /* filters: sealed s */'
  for (const dimension of dimensions) {
    const filters: Filter[] = [{ dimension, operator: 'is_not', values: ["'; --"] }]
    const fill = () => fillPlaces(file, { filters, groupBy: { dimension } }, 6)
    if (!keptBySessions.has(dimension)) expect(fill).toThrow(/sealed sessions do not keep/)
    else
      expect(fill().sql).toMatch(
        /^select (s\.\w+_trait), x where not \(\1 in \([^$]*company_id = \$1::int and [^$]+ = any \(\$6::text\[\]\)\)\)$/,
      )
  }
})

test('a filter on what was seen on sealed days looks its value up once; rows of one place are asked of places only', () => {
  const file =
    'select e.page_trait /* by: trait */, x where true /* filters: places v */ and true /* filters: seen e */'
  for (const dimension of dimensions) {
    const filters: Filter[] = [{ dimension, operator: 'is_not', values: ["'; --"] }]
    const fill = () => fillPlaces(file, { filters, groupBy: { dimension } }, 6)
    if (!keptBySeen.has(dimension)) expect(fill).toThrow(/not keep/)
    else {
      const looked = String.raw`not \(\(\w\.(\w+_trait) in \([^$]*\$1::int and [^$]+\$6::text\[\]\)\)\) is true\)`
      const isPlace = ['country', 'region', 'city'].includes(dimension)
      expect(fill().sql).toMatch(
        new RegExp(`^select e\\.\\w+_trait, x where ${isPlace ? looked : 'true'} and ${looked}$`),
      )
    }
  }
})

test('filters go to the places of their name and to no other', () => {
  const first: Filter[] = [{ dimension: 'event_name', operator: 'is', values: ['signup'] }]
  const { sql } = fillPlaces(statement, { filters: [], named: { first } }, 6)
  expect(sql).toBe(statement.replace('true /* first: events e */', "coalesce(e.event_name, '') = any ($6::text[])"))
})

test("a segment is looked up once, ahead of the statement's own queries, and asked for in each place", () => {
  const segment = { people: 'users' as const, rules: [{ filters: [], atMost: 0 }] }
  const { sql, values } = fillPlaces(
    'with\na as (select 1)\nselect true /* filters: sessions s */',
    { filters: [{ segment }] },
    6,
  )
  expect(sql).toMatch(
    /^with\nsegment_1 as materialized \([^$]*\$1[\s\S]*having count\(\*\) > \$6::int\n\),\na as \(select 1\)\nselect/,
  )
  expect(sql).toMatch(/select s\.user_id is not null and not exists \(select from segment_1 /)
  expect(values).toEqual([0])
})

test('a step becomes a bit where all its conditions hold; the parameters of all steps follow those of the filters', () => {
  const country: Filter = { dimension: 'country', operator: 'is', values: ['DE'] }
  const name: Filter = { dimension: 'event_name', operator: 'is', values: ['signup'] }
  const file = 'select steps_by_name($5::text[], e.event_name) /* steps: events e */ where true /* filters: events e */'
  const { sql, values } = fillPlaces(file, { filters: [country], steps: [[name, country], []] }, 6)
  expect(sql).toBe(`select (case when coalesce(e.event_name, '') = any ($7::text[])
      and coalesce(e.country, '') = any ($8::text[]) then 1 else 0 end
    + case when true then 2 else 0 end) where coalesce(e.country, '') = any ($6::text[])`)
  expect(values).toEqual([['DE'], ['signup'], ['DE']])
})

test('a statement is told whether it is grouped, whether it is filtered and by which trait', () => {
  const places =
    'false /* grouped */, false /* filtered */, false /* asks: place_trait */, false /* asks: page_trait */'
  const told = (additions: Additions) => {
    const { sql } = fillPlaces(
      `select '' /* by: events e */, ${places} where true /* filters: events e */`,
      additions,
      1,
    )
    return sql.match(/(true|false)(?= \/|,| where)/g)
  }
  const country: Filter = { dimension: 'country', operator: 'is', values: ['DE'] }
  expect(told({ filters: [country] })).toEqual(['false', 'true', 'true', 'false'])
  expect(told({ filters: [], groupBy: { dimension: 'country' } })).toEqual(['true', 'false', 'false', 'false', 'true'])
})

test.each([
  ['a funnel', ['funnel', 'funnel_trend', 'funnel_members']],
  ['a funnel', ['funnel_from_events', 'funnel_trend_from_events', 'funnel_members_from_events']],
  ['ways', ['journeys', 'top_paths', 'steps_around']],
  ['ways', ['journeys_from_events', 'top_paths_from_events', 'steps_around_from_events']],
])('the three files of %s ask of the same paths', (whose, names) => {
  const end = `-- Up to here the three files of ${whose} are the same`
  const [one, ...others] = names.map((name) => loadStatement(name).sql.split(end))
  expect(one).toHaveLength(2)
  for (const [paths] of others) expect(paths).toBe(one![0])
})
