import { create, fromBinary, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { type Event, EventSchema, type KeyCategory } from '../../proto/gen/userflow/v1/event_pb.ts'

/** A line of an NDJSON export: columns of user_events by their names; what is absent is left out. */
type Line = Readonly<Record<string, unknown>>

/** Key categories as the column event_name has them, by their numbers in the contract. */
const keyNames = ['', 'character', 'enter', 'delete', 'navigation', 'escape', 'shortcut', 'other']

type Action = MessageInitShape<typeof EventSchema>['action']

const actions: Readonly<Record<string, (line: Line) => Action>> = {
  page_view: (line) => ({ case: 'pageView', value: { loadMs: number(line, 'load_ms') } }),
  click: (line) => ({
    case: 'click',
    value: { ...element(line), ...position(line), targetUrl: text(line, 'target_url') },
  }),
  scroll: (line) => ({ case: 'scroll', value: { ...position(line), depthPercent: number(line, 'value') } }),
  form_submit: (line) => ({
    case: 'formSubmit',
    value: { ...element(line), targetUrl: text(line, 'target_url'), durationMs: number(line, 'duration_ms') },
  }),
  hover: (line) => ({
    case: 'hover',
    value: { ...element(line), ...position(line), durationMs: number(line, 'duration_ms') },
  }),
  keydown: (line) => ({
    case: 'keydown',
    value: {
      ...element(line),
      category: Math.max(0, keyNames.indexOf(text(line, 'event_name'))) as KeyCategory,
      count: number(line, 'value'),
    },
  }),
  web_vital: (line) => ({ case: 'webVital', value: { name: text(line, 'event_name'), value: number(line, 'value') } }),
  custom: (line) => ({ case: 'custom', value: { name: text(line, 'event_name') } }),
}

/**
 * The event that an exported line tells of, with its own id and time: imported where it is stored, it is a duplicate. What the
 * gateway and the workers found out (country, browser, channel …) they find out again.
 */
export function eventOfExport(bytes: Buffer): Event | { readonly problem: string } {
  let line: Line
  try {
    line = JSON.parse(bytes.toString('utf8')) as Line
  } catch {
    return { problem: 'is not JSON' }
  }
  const action = actions[text(line, 'event_type')]?.(line)
  const eventTime = timeOf(text(line, 'event_timestamp'))
  if (!action || !eventTime || text(line, 'event_id') === '') return { problem: 'is not a line of an export' }
  const userId = text(line, 'user_id')
  const visitorId = text(line, 'visitor_id')
  const event = create(EventSchema, {
    eventId: text(line, 'event_id'),
    eventTime,
    sessionId: text(line, 'session_id'),
    sequence: number(line, 'sequence'),
    // Made of the person by the worker, which does so again; it may be longer than a sender's may be.
    visitorId: visitorId === `user:${userId}` ? '' : visitorId,
    userId,
    page: { url: text(line, 'page_url'), title: text(line, 'page_title'), referrer: text(line, 'last_page_url') },
    device: deviceOf(line),
    experiments: Object.entries((line.experiments ?? {}) as Readonly<Record<string, string>>).map(
      ([experimentId, variant]) => ({ experimentId, variant }),
    ),
    ...(line.metadata === undefined ? {} : { properties: line.metadata as JsonObject }),
    sessionDurationSeconds: number(line, 'session_duration_seconds'),
    action,
  })
  return withUnread(event, text(line, 'unread_bytes'))
}

const text = (line: Line, name: string): string => (typeof line[name] === 'string' ? line[name] : '')
const number = (line: Line, name: string): number => (typeof line[name] === 'number' ? line[name] : 0)

const element = (line: Line) => ({
  element: {
    selector: text(line, 'element_selector'),
    text: text(line, 'element_text'),
    type: text(line, 'element_type'),
  },
})

const position = (line: Line) =>
  line.x_coordinate === undefined && line.y_coordinate === undefined
    ? {}
    : { position: { x: number(line, 'x_coordinate'), y: number(line, 'y_coordinate') } }

function deviceOf(line: Line) {
  const [screenWidth = 0, screenHeight = 0] = sizeOf(text(line, 'screen'))
  const [viewportWidth = 0, viewportHeight = 0] = sizeOf(text(line, 'viewport'))
  return {
    screenWidth,
    screenHeight,
    viewportWidth,
    viewportHeight,
    language: text(line, 'language'),
    timeZone: text(line, 'time_zone'),
    // As of a log: without any, the visitor would be taken for one whose server does not tell its agent.
    userAgent: text(line, 'user_agent') || '-',
    ipAddress: text(line, 'ip_address'),
  }
}

const sizeOf = (size: string): number[] => (/^\d+x\d+$/.test(size) ? size.split('x').map(Number) : [])

function timeOf(iso: string): Pick<Timestamp, 'seconds' | 'nanos'> | undefined {
  const [, second, micros] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})Z$/.exec(iso) ?? []
  if (second === undefined || Number.isNaN(Date.parse(`${second}Z`))) return undefined
  return { seconds: BigInt(Date.parse(`${second}Z`) / 1e3), nanos: Number(micros) * 1e3 }
}

/** What a later contract says of the event, and this one cannot read. */
function withUnread(event: Event, base64: string): Event | { readonly problem: string } {
  if (base64 === '') return event
  try {
    const sent = fromBinary(EventSchema, Buffer.from(base64, 'base64'))
    if (sent.$unknown) event.$unknown = sent.$unknown
    return event
  } catch {
    return { problem: 'has unread_bytes that cannot be read' }
  }
}
