import type { EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Event } from '../../proto/gen/userflow/v1/event_pb.ts'
import { type Draft, type Findings, nothingFound, type Tools } from './draft.ts'
import { markBots } from './mark-bots.ts'
import { putCampaign } from './put-campaign.ts'
import { putChannel } from './put-channel.ts'
import { putDevice } from './put-device.ts'
import { putGeo } from './put-geo.ts'
import { putPage } from './put-page.ts'
import { putReferrer } from './put-referrer.ts'

/** What is learned of every event, in this order: a step may read what earlier ones found. */
const steps: readonly ((draft: Draft, tools: Tools) => void)[] = [
  putPage,
  putDevice,
  markBots,
  putReferrer,
  putCampaign,
  putChannel,
  putGeo,
]

/** Learns what it can of an event. Pure but for the caches in `tools`; never throws for anything a stranger sent. */
export function enrich(envelope: EventEnvelope, event: Event, tools: Tools): Findings {
  const found = nothingFound()
  const draft: Draft = { envelope, event, found }
  for (const step of steps) step(draft, tools)
  return found
}
