import { create, toBinary, toJson } from '@bufbuild/protobuf'
import { type Event, EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { backfill } from '../simulate/plan.ts'

/** What the k6 scripts put events together from; see loadtest/k6/events.js. Everything but `json` is base64. */
export interface Templates {
  /** Wire bytes up to the 36 characters of event_id: a multiple of three, as are all the heads. */
  readonly idHead: string
  readonly sessionHead: string
  readonly visitorHead: string
  /** The rest of each event. */
  readonly bytes: readonly string[]
  /** The same events as JSON, without the brace that opens them. */
  readonly json: readonly string[]
}

/** `head` and what follows it are cut so that each length is a multiple of three and base64 can be joined. */
const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString('base64')
const letter = (text: string): number => text.charCodeAt(0)

/** Real events of the simulator without what makes them unique. With a write key there must be no address in them. */
export function makeTemplates(count: number): Templates {
  const rest: Event[] = []
  for (const { event } of backfill({ seed: 'load', users: 200, days: 2, untilMs: Date.UTC(2026, 0, 2) })) {
    const { page, device, userId, action, experiments, properties } = event
    const bare = create(EventSchema, { userId, action, experiments, ...(page ? { page } : {}) })
    if (device) bare.device = { ...device, ipAddress: '' }
    if (properties) bare.properties = properties
    rest.push(bare)
    if (rest.length === count) break
  }
  return {
    // sequence 1, session_duration_seconds 5: two fields to reach six bytes; then event_id of 36 bytes.
    idHead: base64(0x20, 1, 0x58, 5, 0x0a, 36),
    sessionHead: base64(0x1a, 13, letter('s')),
    visitorHead: base64(0x2a, 13, letter('v')),
    bytes: rest.map((event) => Buffer.from(toBinary(EventSchema, event)).toString('base64')),
    json: rest.map((event) => JSON.stringify(toJson(EventSchema, event)).slice(1)),
  }
}
