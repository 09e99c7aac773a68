import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { uuidV7 } from '../../clients/node/identify.ts'
import { type Event, EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { journey } from './journey.ts'
import { origin, sources } from './site.ts'
import type { Visitor } from './visitor.ts'

/** An event and its time in ms since 1970. */
export interface Timed {
  readonly timeMs: number
  readonly event: Event
}

/** All events of one visit, in order. Marks the visitor busy until its end. */
export function visit(visitor: Visitor, startMs: number): Timed[] {
  const { random } = visitor
  const sessionId = Buffer.from(random.bytes(16)).toString('hex')
  const source = random.weighted(sources)
  const events: Timed[] = []
  let timeMs = startMs
  let url = ''
  let referrer = source.referrer
  for (const step of journey(visitor)) {
    timeMs = Math.round(timeMs + step.afterMs)
    const here = origin + step.page.path + (events.length === 0 ? source.query : '')
    // The landing page keeps its campaign in the address until it is left.
    if (step.action.case === 'pageView' || url === '') {
      if (url !== '') referrer = url
      url = here
    }
    const event = create(EventSchema, {
      eventId: uuidV7(timeMs, random.bytes(10)),
      eventTime: timestampFromMs(timeMs),
      sessionId,
      sequence: events.length + 1,
      visitorId: visitor.visitorId,
      userId: visitor.userId,
      page: { url, title: step.page.title, referrer },
      device: deviceOf(visitor),
      experiments: [...visitor.experiments],
      sessionDurationSeconds: Math.floor((timeMs - startMs) / 1000),
      action: step.action,
      ...(step.properties ? { properties: step.properties } : {}),
    })
    events.push({ timeMs, event })
  }
  visitor.busyUntilMs = timeMs
  return events
}

const deviceOf = ({ browser, place, ipAddress }: Visitor) => ({
  screenWidth: browser.screen[0],
  screenHeight: browser.screen[1],
  viewportWidth: browser.viewport[0],
  viewportHeight: browser.viewport[1],
  language: place.language,
  timeZone: place.timeZone,
  userAgent: browser.userAgent,
  ipAddress,
})
