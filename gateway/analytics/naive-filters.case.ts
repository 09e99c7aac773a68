import fc from 'fast-check'
import { Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'
import { type NaiveEvent, type NaiveSession, sessionsOf } from './naive.case.ts'

/** A filter as a request says it. */
export interface NaiveFilter {
  readonly dimension: Dimension
  readonly property: string
  readonly operator: FilterOperator
  readonly values: string[]
}

/** Every dimension but the unspecified one. */
export const everyDimension = Object.values(Dimension).filter((dimension) => dimension !== Dimension.UNSPECIFIED)

const value = fc.constantFrom(
  ...['', '', 'DE', 'AT', '/', '/a', 'Firefox', 'Chrome', 'pro', 'Basic', 'yes', 'no', 'page_view', 'click', 'custom'],
  ...['signup', 'LCP', 'Home 100%', 'home_1', 'de-AT', 'en', "'; --"],
)
const part = fc.constantFrom('a', 'E', '/', '%', '_', '0%', 'home', 'fire', 'o', 'view', 's', 'de', '\\')

export const naiveFilter: fc.Arbitrary<NaiveFilter> = fc
  .record({
    dimension: fc.constantFrom(...everyDimension),
    how: fc.oneof(
      fc.record({
        operator: fc.constantFrom(FilterOperator.IS, FilterOperator.IS_NOT),
        values: fc.array(value, { minLength: 1, maxLength: 4 }),
      }),
      fc.record({
        operator: fc.constantFrom(FilterOperator.CONTAINS, FilterOperator.DOES_NOT_CONTAIN),
        values: fc.array(part, { minLength: 1, maxLength: 2 }),
      }),
    ),
  })
  .map(({ dimension, how }) => ({ dimension, property: dimension === Dimension.PROPERTY ? 'plan' : '', ...how }))

/** What an event says of a dimension by itself. Dimensions that no test event has are absent in all. */
function ownValue(event: NaiveEvent, dimension: Dimension): string {
  switch (dimension) {
    case Dimension.PAGE:
      return event.page ?? ''
    case Dimension.PAGE_TITLE:
      return event.title ?? ''
    case Dimension.COUNTRY:
      return event.country ?? ''
    case Dimension.BROWSER:
      return event.browser ?? ''
    case Dimension.LANGUAGE:
      return event.language ?? ''
    case Dimension.EVENT_TYPE:
      return event.type
    case Dimension.EVENT_NAME:
      return event.name ?? ''
    case Dimension.USER:
      return event.user === null ? 'no' : 'yes'
    case Dimension.PROPERTY:
      return event.plan ?? ''
    default:
      return ''
  }
}

const ofAnyEvent = new Set<Dimension>([
  Dimension.PAGE,
  Dimension.PAGE_TITLE,
  Dimension.EVENT_TYPE,
  Dimension.EVENT_NAME,
  Dimension.PROPERTY,
])

/** The values of an event, by itself or by its session; none where it has no session. */
export function valuesOfEvent(event: NaiveEvent, dimension: Dimension, sessions: readonly NaiveSession[]): string[] {
  if (dimension !== Dimension.ENTRY_PAGE && dimension !== Dimension.EXIT_PAGE) return [ownValue(event, dimension)]
  return sessions
    .filter((session) => session.id === event.session)
    .flatMap((session) => valuesOfSession(session, dimension))
}

/** The values of a session: those of all its events, or the one it has. */
export function valuesOfSession(session: NaiveSession, dimension: Dimension): string[] {
  if (dimension === Dimension.ENTRY_PAGE) return [session.entry.page ?? '']
  if (dimension === Dimension.EXIT_PAGE) return [session.exit.page ?? '']
  if (dimension === Dimension.USER) return [session.events.some((event) => event.user !== null) ? 'yes' : 'no']
  if (ofAnyEvent.has(dimension)) return session.events.map((event) => ownValue(event, dimension))
  return [ownValue(session.entry, dimension)]
}

const ofEvents = new Set<Dimension>([
  ...ofAnyEvent,
  Dimension.UTM_TERM,
  Dimension.UTM_CONTENT,
  Dimension.LANGUAGE,
  Dimension.SCREEN,
])

/** Whether all filters are on what a session keeps one value of. */
export const areAllOfSessions = (filters: readonly NaiveFilter[]): boolean =>
  filters.length > 0 && filters.every(({ dimension }) => !ofEvents.has(dimension))

function matches(filter: NaiveFilter, values: readonly string[]): boolean {
  const isEqual = filter.operator === FilterOperator.IS || filter.operator === FilterOperator.IS_NOT
  const found = values.some((one) =>
    filter.values.some((asked) => (isEqual ? one === asked : one.toLowerCase().includes(asked.toLowerCase()))),
  )
  return found === (filter.operator === FilterOperator.IS || filter.operator === FilterOperator.CONTAINS)
}

/** What of the events and of their sessions all filters let pass. */
export function filtered(events: readonly NaiveEvent[], filters: readonly NaiveFilter[]) {
  const sessions = sessionsOf(events)
  return {
    events: events.filter((event) =>
      filters.every((one) => matches(one, valuesOfEvent(event, one.dimension, sessions))),
    ),
    sessions: sessions.filter((session) =>
      filters.every((one) => matches(one, valuesOfSession(session, one.dimension))),
    ),
  }
}
