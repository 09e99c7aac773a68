import type { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { RecentCache } from './recent-cache.ts'

/** What enrichment looks at of an event and its envelope. Empty text: not there. */
export interface Visit {
  /** The page's address, and the one the visitor came from. */
  readonly url: string
  readonly referrer: string
  readonly userAgent: string
  /** The event itself says the visitor's user agent. */
  readonly saysAgent: boolean
  readonly door: Door
  /** What the client hints say, see EventEnvelope. */
  readonly hintPlatform: string
  readonly hintPlatformVersion: string
  readonly hintMobile: boolean
  readonly hintModel: string
  readonly ipAddress: string
  readonly countryHeader: string
}

/** Where an IP address is. Empty text: not known. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** Names in the database's language, English for the usual ones. */
  readonly region: string
  readonly city: string
}

/** A user agent and what it says of the visitor's device. Empty text: not said. */
export interface Agent {
  /** Key of all of it but `botReason` in `user_agents`, see sql/migrations/0007_user_agents.sql; undefined: nothing is said. */
  readonly key: bigint | undefined
  /** As it is stored: at most 2,048 bytes. */
  readonly userAgent: string
  readonly deviceType: string
  readonly browser: string
  readonly browserVersion: string
  readonly os: string
  readonly osVersion: string
  /** By what it was recognised as a bot; empty: it is none. */
  readonly botReason: string
}

/** On which page the visitor is and from where, as analytics groups it. Empty text: nothing known, stored as null. */
export interface Arrival {
  /** Path of the page's URL, without query and fragment. */
  pagePath: string
  /** Host of the page's URL in lower case, without `www.` and port. */
  pageHost: string
  /** Query of the page's URL, without the question mark. */
  pageQuery: string
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
}

/** What the steps need besides the event, handed in by the thread: nothing here reads a clock or a file for itself. */
export interface Tools {
  /** Finds an IP address; undefined if it is not in the database, is private, or there is no database. */
  lookup(ipAddress: string): Place | undefined
  /** What was already learned of user agents, with their hints. */
  readonly agents: RecentCache<Agent>
  /** What was already learned of addresses, each with its referrer. */
  readonly arrivals: RecentCache<Arrival>
}

/** What enrichment learns; shared between events, never changed. */
export interface Findings {
  readonly arrival: Readonly<Arrival>
  readonly agent: Agent
  readonly place: Place
}

/** An arrival on its way through the steps. */
export interface Draft {
  readonly visit: Visit
  readonly found: Arrival
}

/** An arrival before the first step. Always the same keys in the same order, which V8 reads fastest. */
export function nothingFound(): Arrival {
  return {
    pagePath: '',
    pageHost: '',
    pageQuery: '',
    referrerDomain: '',
    fromInside: false,
    utmSource: '',
    utmMedium: '',
    utmCampaign: '',
    utmTerm: '',
    utmContent: '',
    clickChannel: '',
    channel: '',
  }
}
