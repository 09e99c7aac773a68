import assert from 'node:assert/strict'

/**
 * Rows that filters and breakdowns speak of: of the view user_events, of sessions, of sealed_sessions, of sealed_clicks and their like, of
 * the views and web vitals of sealed days; or of these as many as have one place in common, of which only filters on places can be asked.
 */
export type Source = 'events' | 'sessions' | 'sealed' | 'clicks' | 'seen' | 'places'

/** Makes a condition, or a value to group by, from an expression that is text and never null. */
type Use = (expression: string) => string

/** How a row of a source has a dimension: `alias` is the row's, `key` the parameter that holds a property's key. */
type Rule = (row: { readonly alias: string; readonly key: string }, use: Use) => string

interface Rules {
  readonly events: Rule
  readonly sessions: Rule
  /** Only where a sealed session, or what was seen on a sealed day, has one value in its own row. */
  readonly trait?: Trait
}

/** Which key of such a row names the row of session_traits that has the value, and the value in that row. */
interface Trait {
  readonly key: 'entry_trait' | 'exit_trait' | 'page_trait' | 'source_trait' | 'client_trait' | 'place_trait'
  readonly value: Rule
}

const own = (column: string): Rule => {
  return ({ alias }, use) => use(`coalesce(${alias}.${column}, '')`)
}

const signedIn: Rule = ({ alias }, use) => use(`case when ${alias}.user_id is null then 'no' else 'yes' end`)

const property: Rule = ({ alias, key }, use) => use(`coalesce(${alias}.metadata ->> ${key}::text, '')`)

/** An event's, by the session it belongs to. */
const ofItsSession = (column: string): Rule => {
  return ({ alias }, use) =>
    `exists (select from sessions x where x.company_id = ${alias}.company_id and x.session_id = ${alias}.session_id
      and ${use(`coalesce(x.${column}, '')`)})`
}

/** A session's, by its first event, for what the session does not keep. */
const ofFirstEvent = (column: string): Rule => {
  return ({ alias }, use) =>
    `exists (select from user_events f where f.company_id = ${alias}.company_id
      and f.event_timestamp = ${alias}.entry_at and f.event_id = ${alias}.entry_event_id
      and ${use(`coalesce(f.${column}, '')`)})`
}

/**
 * A session's, by any of its events. The sessions asked for began from $3 to $4, so their events lie from $3 to the end of
 * the last of them: Postgres reads that range of events once instead of a range for each session.
 */
const ofAnyEvent = (rule: Rule): Rule => {
  return ({ alias, key }, use) =>
    `exists (select from user_events f where f.company_id = ${alias}.company_id and f.session_id = ${alias}.session_id
      and f.event_timestamp >= $3::timestamptz and f.event_timestamp <= (
        select max(ended_at) from sessions
        where company_id = $1::int and started_at >= $3::timestamptz and started_at < $4::timestamptz)
      and ${rule({ alias: 'f', key }, use)})`
}

const kept = (column: string, key: Trait['key']): Rules => {
  const rule = own(column)
  return { events: rule, sessions: rule, trait: { key, value: rule } }
}
const first = (column: string): Rules => ({ events: own(column), sessions: ofFirstEvent(column) })
const any = (rule: Rule): Rules => ({ events: rule, sessions: ofAnyEvent(rule) })
const whole = (column: string, key: Trait['key']): Rules => ({
  events: ofItsSession(column),
  sessions: own(column),
  trait: { key, value: own('page') },
})
const hasUser: Rule = ({ alias }, use) => use(`case when ${alias}.is_signed_in then 'yes' else 'no' end`)

const rules = {
  page: { ...any(own('page_path')), trait: { key: 'page_trait', value: own('page') } },
  entry_page: whole('entry_page', 'entry_trait'),
  exit_page: whole('exit_page', 'exit_trait'),
  page_title: any(own('page_title')),
  referrer: kept('referrer_domain', 'source_trait'),
  channel: kept('channel', 'source_trait'),
  utm_source: kept('utm_source', 'source_trait'),
  utm_medium: kept('utm_medium', 'source_trait'),
  utm_campaign: kept('utm_campaign', 'source_trait'),
  utm_term: first('utm_term'),
  utm_content: first('utm_content'),
  country: kept('country', 'place_trait'),
  region: kept('region', 'place_trait'),
  city: kept('city', 'place_trait'),
  device: kept('device_type', 'client_trait'),
  browser: kept('browser', 'client_trait'),
  os: kept('os', 'client_trait'),
  language: first('language'),
  screen: first('screen'),
  event_type: any(own('event_type')),
  event_name: any(own('event_name')),
  user: { events: signedIn, sessions: signedIn, trait: { key: 'client_trait', value: hasUser } },
  property: any(property),
} as const satisfies Record<string, Rules>

/** What can be filtered and grouped by. */
export type Dimension = keyof typeof rules

/** Every dimension, in the order of the documentation. */
export const dimensions = Object.keys(rules) as readonly Dimension[]

/** Whose condition it is. `ofFew`: true of few values, so that sealed sessions are better found by an index than one by one. */
interface On {
  readonly dimension: Dimension
  readonly source: Source
  readonly alias: string
  readonly key: string
  readonly ofFew?: boolean
}

/**
 * A condition on a row of the source, made by `use` of the dimension's value; only our own text and `key` are in it. Keys of traits are
 * put into an array where there are few: Postgres can look for them in an index, and else compares each with each.
 */
export function conditionOn(on: On, use: Use): string {
  if (on.source === 'clicks') return conditionOnClicks(on, use)
  if (on.source === 'events' || on.source === 'sessions') return rules[on.dimension][on.source](on, use)
  assert(
    on.source === 'sealed' ? keptBySessions.has(on.dimension) : keptBySeen.has(on.dimension),
    `${on.source === 'sealed' ? 'sealed sessions do' : 'what was seen does'} not keep ${on.dimension}`,
  )
  const { key, value } = traitOf(on.dimension)
  const traits = `select x.trait_id from session_traits x where x.company_id = $1::int and ${value({ alias: 'x', key: '' }, use)}`
  if (on.source === 'sealed' && on.ofFew) return `${on.alias}.${key} = any (array(\n      ${traits}))`
  const condition = `${on.alias}.${key} in (\n      ${traits})`
  // Looked up once and asked of each; as a join Postgres would expect one row and look up each.
  return on.source === 'sealed' ? condition : `(${condition}) is true`
}

/** By its traits, whose columns are called as those of events: looked up once and asked of each click, as in conditionOn. */
function conditionOnClicks(on: { readonly dimension: Dimension; readonly alias: string }, use: Use): string {
  const key = traitsOfClicks.get(on.dimension)
  assert(key, `sealed clicks do not keep ${on.dimension}`)
  const row = { alias: 'x', key: '' }
  const condition = on.dimension === 'user' ? hasUser(row, use) : rules[on.dimension].events(row, use)
  return `(${on.alias}.${key} in (select x.trait_id from click_traits x where x.company_id = $1::int and ${condition})) is true`
}

const traitsOfClicks: ReadonlyMap<Dimension, string> = new Map([
  ['page', 'element_trait'],
  ...(['device', 'browser', 'os', 'user', 'country', 'region', 'city'] as const).map(
    (one) => [one, 'visit_trait'] as const,
  ),
  ...(['referrer', 'channel', 'utm_source', 'utm_medium', 'utm_campaign'] as const).map(
    (one) => [one, 'source_trait'] as const,
  ),
])

/** Whether sealed clicks and form steps keep it. */
export const isKeptByClicks = (dimension: Dimension): boolean => traitsOfClicks.has(dimension)

/** Whether rows of a source can be asked of a dimension: of rows that have a place in common, only of places. */
export const isKnown = (source: Source, dimension: Dimension): boolean =>
  source !== 'places' || rules[dimension].trait?.key === 'place_trait'

/** The key of a sealed row under which the row of session_traits lies that has the dimension. */
export const traitKeyOf = (dimension: Dimension): string => traitOf(dimension).key

/** The same, where sealed rows have the dimension at all. */
export function keepsIn(dimension: Dimension): string | undefined {
  const { trait }: Rules = rules[dimension]
  return trait?.key
}

/** The value of a dimension in a row of session_traits. */
export const traitValueOf = (dimension: Dimension, alias: string): string =>
  traitOf(dimension).value({ alias, key: '' }, (expression) => expression)

function traitOf(dimension: Dimension): Trait {
  const found: Rules = rules[dimension]
  assert(found.trait, `sealed days do not keep ${dimension}`)
  return found.trait
}

/** Dimensions of which an event has one value in its own row, so that events can be counted by them. */
export const keptByEvents: ReadonlySet<Dimension> = new Set(
  dimensions.filter((dimension) => !/exists/.test(rules[dimension].events({ alias: 'e', key: '' }, (text) => text))),
)

/** Dimensions by whose values events of sealed days are summed (sql/sealed/sealed_event_values.sql), beside those that sessions keep. */
export const summedByDay: ReadonlySet<Dimension> = new Set([
  'event_type',
  'event_name',
  'language',
  'screen',
  'utm_term',
  'utm_content',
])

/** Dimensions of which a session has one value in its own row, so that sessions can be counted by them. */
export const keptBySessions: ReadonlySet<Dimension> = new Set(
  dimensions.filter((dimension) => !/exists/.test(rules[dimension].sessions({ alias: 's', key: '' }, (text) => text))),
)

/** Dimensions that views and web vitals of sealed days keep. */
export const keptBySeen: ReadonlySet<Dimension> = new Set(
  dimensions.filter((dimension) => {
    const { trait }: Rules = rules[dimension]
    return trait !== undefined && !/^(entry|exit)_trait$/.test(trait.key)
  }),
)

/** Dimensions of events of which the rows of sealed_ways have one value. */
export const keptByWays: ReadonlySet<Dimension> = new Set(
  dimensions.filter((dimension) => {
    const { trait }: Rules = rules[dimension]
    return trait?.key === 'client_trait' || trait?.key === 'place_trait'
  }),
)

/** Dimensions of an event that way_codes has. */
export const keptByWayCodes: ReadonlySet<Dimension> = new Set<Dimension>(['event_type', 'event_name', 'page'])

/** The value of a row to group by. @throws where a row has no one value: a session has many pages, an event no exit page */
export function groupingOf(on: { dimension: Dimension; source: Source; alias: string; key: string }): string {
  if (on.source === 'sealed') {
    const { key } = traitOf(on.dimension)
    return `(select ${traitValueOf(on.dimension, 'x')} from session_traits x
      where x.company_id = $1::int and x.trait_id = ${on.alias}.${key})`
  }
  const value = conditionOn(on, (expression) => expression)
  if (value.startsWith('exists')) throw new Error(`${on.source} cannot be counted by ${on.dimension}`)
  return value
}
