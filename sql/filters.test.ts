import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Dimension, dimensions, keptBySessions } from './dimensions.ts'
import { type Filter, type FilterOperator, fillPlaces, takesFilters } from './filters.ts'
import { loadStatement } from './statement.ts'

const operators: readonly FilterOperator[] = ['is', 'is_not', 'contains', 'does_not_contain']
const statement = `select coalesce(s.channel, '') /* by: sessions s */ from user_events e, sessions s
where e.company_id = $1 and true /* filters: events e */ and true /* filters: sessions s */`

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

/** The same filters with harmless text. */
const tamed = (filters: readonly Filter[]): Filter[] =>
  filters.map(({ dimension, operator }) => ({ dimension, operator, property: 'k', values: ['v'] }))

test('whatever text a filter brings, the statement depends on dimensions and operators alone', () => {
  fc.assert(
    fc.property(fc.array(anyFilter, { maxLength: 20 }), hostile, (filters, key) => {
      const groupBy = { dimension: 'channel' as Dimension, property: key }
      const filled = fillPlaces(statement, { filters, groupBy }, 6)
      expect(filled.sql).toBe(fillPlaces(statement, { filters: tamed(filters), groupBy }, 6).sql)
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

test('the three files of a funnel ask of the same paths', () => {
  const end = '-- Up to here the three files of a funnel are the same'
  const [one, ...others] = ['funnel', 'funnel_trend', 'funnel_members'].map((name) =>
    loadStatement(name).sql.split(end),
  )
  expect(one).toHaveLength(2)
  for (const [paths] of others) expect(paths).toBe(one![0])
})
