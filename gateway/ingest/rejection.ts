import { RejectReason, RejectReasonSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { limits } from './limits.ts'

/** Why an event will never be stored. A class, so that the hot path tells it from an event by `instanceof`. */
export class Rejection {
  readonly reason: RejectReason
  /** Path of the wrong field as in the proto, such as "page.url"; empty: the event as a whole. */
  readonly field: string
  /** The rule and its remedy in English. */
  readonly message: string

  constructor(reason: RejectReason, field: string, message: string = rules[reason] ?? '') {
    this.reason = reason
    this.field = field
    this.message = message
  }
}

/** Name of a reason as the envelope, the dead letters and the metrics spell it. */
export const reasonName = (reason: RejectReason): string => RejectReasonSchema.value[reason]!.name

/** The bytes or the JSON are no Event. */
export const undecodable = (field: string, why: string): Rejection =>
  new Rejection(RejectReason.EVENT_UNDECODABLE, field, `${why}: encode the event as userflow/v1/event.proto says.`)

/** Each rule with its remedy, as the sender reads it. */
const rules: Readonly<Record<number, string>> = {
  [RejectReason.EVENT_UNDECODABLE]: 'This is not an Event: encode it as userflow/v1/event.proto says.',
  [RejectReason.EVENT_TOO_LARGE]: `An event has at most ${limits.eventBytes} bytes in protobuf form: send less text or fewer properties.`,
  [RejectReason.EVENT_ID_INVALID]: 'An event_id is a UUID of 36 characters, such as a version 7: send one or none.',
  [RejectReason.EVENT_TIME_OUT_OF_RANGE]:
    'An event_time is a time of the years 2000 to 2099, with 0 to 999,999,999 nanoseconds: check the clock and the unit.',
  [RejectReason.EVENT_TIME_IN_FUTURE]: `An event_time is at most 24 hours after the gateway's time: check the sender's clock.`,
  [RejectReason.ACTION_MISSING]: 'An event has an action such as page_view or custom: set one.',
  [RejectReason.FIELD_REQUIRED]: 'This field may not be empty: set it.',
  [RejectReason.ID_TOO_LONG]: `An id has at most ${limits.idBytes} bytes: send a shorter one or its hash.`,
  [RejectReason.URL_TOO_LONG]: `A URL has at most ${limits.urlBytes} bytes: cut its query.`,
  [RejectReason.TEXT_TOO_LONG]: `A text has at most ${limits.textBytes} bytes: cut it.`,
  [RejectReason.NAME_TOO_LONG]: `A name or a key has at most ${limits.nameBytes} bytes: shorten it.`,
  [RejectReason.NUMBER_OUT_OF_RANGE]:
    'A number is finite, at most 1e308 either way, and within its field: percentages 0 to 100, measures not negative.',
  [RejectReason.PROPERTIES_TOO_DEEP]: `properties have at most ${limits.propertyDepth} levels of objects and lists: flatten them.`,
  [RejectReason.PROPERTIES_TOO_MANY]: `properties have at most ${limits.propertyKeys} keys on all levels: send fewer.`,
  [RejectReason.EXPERIMENTS_TOO_MANY]: `An event has at most ${limits.experiments} experiments: send those that matter here.`,
  [RejectReason.IP_ADDRESS_NOT_ALLOWED]:
    'device.ip_address is a valid IP address and comes with a secret key: leave it out or send it from a server.',
  [RejectReason.PROPERTY_VALUE_MISSING]: 'A value of properties has a kind: set null_value for nothing.',
  [RejectReason.SCHEMA_BROKEN]:
    "The properties break the company's schema for events of this name: mend them or the schema.",
}
