import type { Source } from './dimensions.ts'

/** Who is counted: visitors, known by a browser on one site, bots apart; or users, signed in. */
export type People = 'visitors' | 'users'

/** One rule of a segment, compiled: conditions on rows e of user_events, and the names of the parameters `$n` of its bounds. */
export interface CompiledRule {
  /** The name of the query that finds its people. */
  readonly name: string
  readonly people: People
  readonly conditions: readonly string[]
  /** Absent: none is enough, and `atMost` is there. */
  readonly atLeast?: string
  readonly atMost?: string
  /** Absent: the period. */
  readonly lastDays?: string
}

const columnsOf = {
  visitors: { id: 'visitor_id', keys: 'e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as person_key' },
  users: { id: 'user_id', keys: 'e.user_id' },
} as const satisfies Record<People, object>

/**
 * The query that finds the people of a rule, named, for the head of a statement whose parameters $1 to $5 are company, sites,
 * start, end and whether bots count. Where none is enough it finds those who did it too often: they are fewer to remember
 * than the others, who may not even be in the period.
 */
export function ruleSql({ name, people, conditions, atLeast, atMost, lastDays }: CompiledRule): string {
  const { id, keys } = columnsOf[people]
  const start = lastDays ? `$4::timestamptz - make_interval(hours => 24 * ${lastDays}::int)` : '$3::timestamptz'
  const bounds = atLeast
    ? [`count(*) >= ${atLeast}::int`, ...(atMost ? [`count(*) <= ${atMost}::int`] : [])]
    : [`count(*) > ${atMost}::int`]
  return `${name} as materialized (
  select ${keys}
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= ${start} and e.event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and ${[`e.${id} is not null`, ...conditions].join('\n    and ')}
  group by ${people === 'visitors' ? '1, 2, 3' : '1'}
  having ${bounds.join(' and ')}
)`
}

/** The condition that a row's person meets the rule; a row of nobody never does. */
export function meetsRule({ name, people, atLeast }: CompiledRule, source: Source, alias: string): string {
  const { id } = columnsOf[people]
  const key = source === 'events' ? `hashtextextended(${alias}.visitor_id, 0)` : `${alias}.visitor_key`
  const same =
    people === 'users'
      ? `in_segment.user_id = ${alias}.user_id`
      : `in_segment.site_id = ${alias}.site_id and in_segment.is_bot = ${alias}.is_bot and in_segment.person_key = ${key}`
  const found = `exists (select from ${name} in_segment where ${same})`
  return atLeast ? found : `${alias}.${id} is not null and not ${found}`
}
