import type { EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Event } from '../../proto/gen/userflow/v1/event_pb.ts'
import type { RecentCache } from './recent-cache.ts'

/** Where an IP address is. Empty text: not known. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** Names in the database's language, English for the usual ones. */
  readonly region: string
  readonly city: string
}

/** What a user agent says of the visitor's device. Empty text: not said. */
export interface Agent {
  readonly deviceType: string
  readonly browser: string
  readonly browserVersion: string
  readonly os: string
  readonly osVersion: string
}

/** What the steps need besides the event, handed in by the thread: nothing here reads a clock or a file for itself. */
export interface Tools {
  /** Finds an IP address; undefined if it is not in the database, is private, or there is no database. */
  lookup(ipAddress: string): Place | undefined
  /** What was already learned of user agents. */
  readonly agents: RecentCache<Agent>
  /** Why a user agent is a bot's; empty: it is not. */
  readonly botReasons: RecentCache<string>
}

/** What enrichment learns. Empty text: nothing known, stored as null. */
export interface Findings {
  /** Path of the page's URL, without query and fragment. */
  pagePath: string
  /** Host of the page's URL in lower case, without `www.` and port. */
  pageHost: string
  /** Query of the page's URL, without the question mark. */
  pageQuery: string
  deviceType: string
  browser: string
  browserVersion: string
  os: string
  osVersion: string
  isBot: boolean
  botReason: string
  /** Host of the referrer, without `www.`; empty inside the site. */
  referrerDomain: string
  /** The referrer is a page of the same host. */
  fromInside: boolean
  utmSource: string
  utmMedium: string
  utmCampaign: string
  utmTerm: string
  utmContent: string
  /** Kind of traffic that a click id in the URL proves, such as `paid search`; empty without one. */
  clickChannel: string
  channel: string
  country: string
  region: string
  city: string
}

/** An event on its way through the steps. */
export interface Draft {
  readonly envelope: EventEnvelope
  readonly event: Event
  readonly found: Findings
}

/** Findings before the first step. Always the same keys in the same order, which V8 reads fastest. */
export function nothingFound(): Findings {
  return {
    pagePath: '',
    pageHost: '',
    pageQuery: '',
    deviceType: '',
    browser: '',
    browserVersion: '',
    os: '',
    osVersion: '',
    isBot: false,
    botReason: '',
    referrerDomain: '',
    fromInside: false,
    utmSource: '',
    utmMedium: '',
    utmCampaign: '',
    utmTerm: '',
    utmContent: '',
    clickChannel: '',
    channel: '',
    country: '',
    region: '',
    city: '',
  }
}
