import { RejectReason } from '../../../proto/gen/userflow/v1/ingest_pb.ts'
import { limits } from '../limits.ts'

/** What of an event the gateway needs after the check; each has a place in the scan's spans. */
export const Slot = {
  eventId: 0,
  sessionId: 1,
  visitorId: 2,
  userId: 3,
  userAgent: 4,
  ipAddress: 5,
  first: 6,
  second: 7,
  customName: 8,
  /** Not a text but the bytes of a google.protobuf.Struct. */
  properties: 9,
}
export const slots = 10
const none = -1

export type FieldKind = 'text' | 'whole' | 'measure' | 'message' | 'time' | 'struct'

/** What a field may hold. All rules have the same shape, which keeps the scan fast. */
export interface FieldRule {
  readonly name: string
  readonly kind: FieldKind
  readonly wireType: number
  /** Text: most bytes. Whole number: greatest value. List: most items. */
  readonly most: number
  /** What more than that is. */
  readonly reason: RejectReason
  /** Text or struct: where its span is kept; -1: nowhere. */
  readonly slot: number
  readonly message: MessageRule | undefined
  /** A list of messages, at most `most`. */
  readonly repeated: boolean
  /** One of the oneof `action`. */
  readonly action: boolean
}

/** The fields of a message by number, and which of its texts may not be empty. */
export interface MessageRule {
  readonly fields: readonly (FieldRule | undefined)[]
  readonly required: readonly FieldRule[]
}

const rule = (name: string, kind: FieldKind, given: Partial<FieldRule> = {}): FieldRule => ({
  name,
  kind,
  wireType: given.wireType ?? 2,
  most: given.most ?? 0,
  reason: given.reason ?? RejectReason.EVENT_UNDECODABLE,
  slot: given.slot ?? none,
  message: given.message,
  repeated: given.repeated ?? false,
  action: given.action ?? false,
})

const { ID_TOO_LONG, URL_TOO_LONG, TEXT_TOO_LONG, NAME_TOO_LONG, EXPERIMENTS_TOO_MANY, NUMBER_OUT_OF_RANGE } =
  RejectReason
const id = (name: string, slot: number) => rule(name, 'text', { most: limits.idBytes, reason: ID_TOO_LONG, slot })
const url = (name: string) => rule(name, 'text', { most: limits.urlBytes, reason: URL_TOO_LONG })
const text = (name: string, slot = none) => rule(name, 'text', { most: limits.textBytes, reason: TEXT_TOO_LONG, slot })
const named = (name: string, slot: number) =>
  rule(name, 'text', { most: limits.nameBytes, reason: NAME_TOO_LONG, slot })
const whole = (name: string, most = 0xffff_ffff) =>
  rule(name, 'whole', { wireType: 0, most, reason: NUMBER_OUT_OF_RANGE })
const message = (name: string, of: MessageRule, given: Partial<FieldRule> = {}) =>
  rule(name, 'message', { ...given, message: of })
const action = (name: string, of: MessageRule) => message(name, of, { action: true })

function fields(byNumber: Record<number, FieldRule>, required: readonly FieldRule[] = []): MessageRule {
  const list: (FieldRule | undefined)[] = new Array(Math.max(0, ...Object.keys(byNumber).map(Number)) + 1).fill(
    undefined,
  )
  for (const [number, field] of Object.entries(byNumber)) list[Number(number)] = field
  return { fields: list, required }
}

const element = fields({ 1: text('selector'), 2: text('text'), 3: text('type') })
const position = fields({ 1: whole('x'), 2: whole('y') })
const page = fields({ 1: url('url'), 2: text('title'), 3: url('referrer') })
const device = fields({
  1: whole('screen_width'),
  2: whole('screen_height'),
  3: whole('viewport_width'),
  4: whole('viewport_height'),
  5: text('language'),
  6: text('time_zone'),
  7: text('user_agent', Slot.userAgent),
  8: text('ip_address', Slot.ipAddress),
})
const experimentId = named('experiment_id', Slot.first)
const variant = named('variant', Slot.second)
const experiment = fields({ 1: experimentId, 2: variant }, [experimentId, variant])
const name = named('name', Slot.first)
const customName = named('name', Slot.customName)

/** Every field of userflow.v1.Event and what it may hold; a test compares it with the proto. */
export const eventRule: MessageRule = fields({
  // A UUID has 36 characters; its form is checked where it is read.
  1: rule('event_id', 'text', { most: 36, reason: RejectReason.EVENT_ID_INVALID, slot: Slot.eventId }),
  2: rule('event_time', 'time'),
  3: id('session_id', Slot.sessionId),
  4: whole('sequence'),
  5: id('visitor_id', Slot.visitorId),
  6: id('user_id', Slot.userId),
  7: message('page', page),
  8: message('device', device),
  9: message('experiments', experiment, { repeated: true, most: limits.experiments, reason: EXPERIMENTS_TOO_MANY }),
  10: rule('properties', 'struct', { slot: Slot.properties }),
  11: whole('session_duration_seconds'),
  20: action('page_view', fields({ 1: whole('load_ms') })),
  21: action(
    'click',
    fields({ 1: message('element', element), 2: message('position', position), 3: url('target_url') }),
  ),
  22: action('scroll', fields({ 1: whole('depth_percent', limits.scrollPercent), 2: message('position', position) })),
  23: action('form_submit', fields({ 1: message('element', element), 2: url('target_url'), 3: whole('duration_ms') })),
  24: action(
    'hover',
    fields({ 1: message('element', element), 2: message('position', position), 3: whole('duration_ms') }),
  ),
  25: action('keydown', fields({ 1: message('element', element), 2: whole('category'), 3: whole('count') })),
  26: action('web_vital', fields({ 1: name, 2: rule('value', 'measure', { wireType: 1 }) }, [name])),
  27: action('custom', fields({ 1: customName }, [customName])),
})
