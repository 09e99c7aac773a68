import type { RecentEvent } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
import { valueWords } from '../words/dimensions.ts'
import { words } from '../words/events.ts'

/** What happened, in a few words: the name of a custom event, else what kind it is. */
export const eventName = ({ eventType, eventName: name }: RecentEvent): string =>
  name === '' ? kindWords(eventType) : name

/** What kind of event it is: "page_view" is a page view. */
export const kindWords = (eventType: string): string => words.types[eventType] ?? eventType

/** The path of its page; an address that is none stays as it came, as text. */
export function eventPath({ pageUrl }: RecentEvent): string {
  if (!URL.canParse(pageUrl)) return pageUrl
  const { pathname, search, protocol } = new URL(pageUrl)
  return protocol === 'http:' || protocol === 'https:' ? pathname + search : pageUrl
}

/** Where its visitor is: "Vienna, Austria". */
export const eventPlace = ({ city, country }: Pick<RecentEvent, 'city' | 'country'>): string =>
  [city, valueWords(Dimension.COUNTRY, country)].filter(Boolean).join(', ')

/** With what: "Chrome, macOS". */
export const eventDevice = ({ browser, os }: Pick<RecentEvent, 'browser' | 'os'>): string =>
  [browser, os].filter(Boolean).join(', ')
