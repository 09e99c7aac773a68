/**
 * Where a RecordView keeps what it reads: a place for each text and each number of an envelope and its event, and for each
 * message of the contract which field goes where. A field that is not listed is skipped like one of a later contract.
 */

/** Places of texts and bytes. */
export const Text = {
  eventId: 0,
  ipAddress: 1,
  userAgent: 2,
  visitorId: 3,
  hintPlatform: 4,
  hintPlatformVersion: 5,
  hintModel: 6,
  countryHeader: 7,
  rejectedReason: 8,
  rejectedField: 9,
  rejectedMessage: 10,
  rejectedBytes: 11,
  sentEventId: 12,
  sessionId: 13,
  sentVisitorId: 14,
  userId: 15,
  pageUrl: 16,
  pageTitle: 17,
  pageReferrer: 18,
  language: 19,
  timeZone: 20,
  deviceAgent: 21,
  deviceAddress: 22,
  /** The element of whatever action the event has; the same for the target and the name. */
  elementSelector: 23,
  elementText: 24,
  elementType: 25,
  targetUrl: 26,
  name: 27,
  /** The experiment that is being read. */
  experimentId: 28,
  variant: 29,
} as const

/** Places of numbers. A bool is 0 or 1; what is not there is 0. */
export const Num = {
  companyId: 0,
  siteId: 1,
  receivedAtUs: 2,
  eventTimeUs: 3,
  door: 4,
  contractVersion: 5,
  /** NaN if absent, which is not 0. */
  skewMs: 6,
  hintMobile: 7,
  textRepaired: 8,
  replayed: 9,
  sequence: 10,
  sessionDurationSeconds: 11,
  screenWidth: 12,
  screenHeight: 13,
  viewportWidth: 14,
  viewportHeight: 15,
  x: 16,
  y: 17,
  loadMs: 18,
  durationMs: 19,
  keyCategory: 20,
  /** scroll: depth in percent; keydown: how many keys; web_vital: the measure. */
  value: 21,
  /** Number of the action's field in Event; 0: none. */
  action: 22,
  /** 1 if there is an event, a position. */
  event: 23,
  position: 24,
  /** What must be read, but says nothing more than other fields do. */
  ignored: 25,
} as const

export const textPlaces = 30
export const numberPlaces = 26

/** How a field is read. Those from `message` on may be there once only, but for experiments. */
export const Kind = {
  unknown: 0,
  text: 1,
  bytes: 2,
  /** int32, uint32 and enums: the low 32 bits, unsigned. */
  whole: 3,
  long: 4,
  bool: 5,
  double: 6,
  fixed32: 7,
  experiment: 8,
  message: 9,
  /** One of the actions, of which there is one. */
  action: 10,
  properties: 11,
} as const

/** Wire type of each kind. */
export const wireTypes = Uint8Array.of(7, 2, 2, 0, 0, 0, 1, 5, 2, 2, 2, 2)

/** What the fields of a message are, by their numbers. */
export interface MessagePlan {
  readonly kinds: Uint8Array
  readonly places: Uint8Array
  readonly messages: readonly (MessagePlan | undefined)[]
}

type FieldPlan = readonly [number: number, kind: number, place: number, message?: MessagePlan]

/** Field numbers of the contract are below this; a larger one is unknown. */
export const fieldsMax = 32

function plan(...fields: readonly FieldPlan[]): MessagePlan {
  const kinds = new Uint8Array(fieldsMax)
  const places = new Uint8Array(fieldsMax)
  const messages = new Array<MessagePlan | undefined>(fieldsMax).fill(undefined)
  for (const [number, kind, place, message] of fields) {
    kinds[number] = kind
    places[number] = place
    messages[number] = message
  }
  return { kinds, places, messages }
}

const timestamp = plan([1, Kind.long, Num.ignored], [2, Kind.whole, Num.ignored])
const page = plan([1, Kind.text, Text.pageUrl], [2, Kind.text, Text.pageTitle], [3, Kind.text, Text.pageReferrer])
const device = plan(
  [1, Kind.whole, Num.screenWidth],
  [2, Kind.whole, Num.screenHeight],
  [3, Kind.whole, Num.viewportWidth],
  [4, Kind.whole, Num.viewportHeight],
  [5, Kind.text, Text.language],
  [6, Kind.text, Text.timeZone],
  [7, Kind.text, Text.deviceAgent],
  [8, Kind.text, Text.deviceAddress],
)
const experiment = plan([1, Kind.text, Text.experimentId], [2, Kind.text, Text.variant])
const element = plan(
  [1, Kind.text, Text.elementSelector],
  [2, Kind.text, Text.elementText],
  [3, Kind.text, Text.elementType],
)
const position = plan([1, Kind.whole, Num.x], [2, Kind.whole, Num.y])
const elementField: FieldPlan = [1, Kind.message, Num.ignored, element]
const positionField: FieldPlan = [2, Kind.message, Num.position, position]
const durationField: FieldPlan = [3, Kind.whole, Num.durationMs]

/** Numbers of the actions' fields in Event. */
export const Action = {
  pageView: 20,
  click: 21,
  scroll: 22,
  formSubmit: 23,
  hover: 24,
  keydown: 25,
  webVital: 26,
  custom: 27,
} as const

const actions: readonly FieldPlan[] = [
  [Action.pageView, Kind.action, Num.action, plan([1, Kind.whole, Num.loadMs])],
  [Action.click, Kind.action, Num.action, plan(elementField, positionField, [3, Kind.text, Text.targetUrl])],
  [Action.scroll, Kind.action, Num.action, plan([1, Kind.whole, Num.value], positionField)],
  [Action.formSubmit, Kind.action, Num.action, plan(elementField, [2, Kind.text, Text.targetUrl], durationField)],
  [Action.hover, Kind.action, Num.action, plan(elementField, positionField, durationField)],
  [
    Action.keydown,
    Kind.action,
    Num.action,
    plan(elementField, [2, Kind.whole, Num.keyCategory], [3, Kind.whole, Num.value]),
  ],
  [Action.webVital, Kind.action, Num.action, plan([1, Kind.text, Text.name], [2, Kind.double, Num.value])],
  [Action.custom, Kind.action, Num.action, plan([1, Kind.text, Text.name])],
]

const event = plan(
  [1, Kind.text, Text.sentEventId],
  [2, Kind.message, Num.ignored, timestamp],
  [3, Kind.text, Text.sessionId],
  [4, Kind.whole, Num.sequence],
  [5, Kind.text, Text.sentVisitorId],
  [6, Kind.text, Text.userId],
  [7, Kind.message, Num.ignored, page],
  [8, Kind.message, Num.ignored, device],
  [9, Kind.experiment, 0, experiment],
  [10, Kind.properties, 0],
  [11, Kind.whole, Num.sessionDurationSeconds],
  ...actions,
)

/** The fields of EventEnvelope. */
export const envelopePlan = plan(
  [1, Kind.whole, Num.companyId],
  [2, Kind.whole, Num.siteId],
  [3, Kind.long, Num.receivedAtUs],
  [4, Kind.bytes, Text.eventId],
  [5, Kind.long, Num.eventTimeUs],
  [6, Kind.text, Text.ipAddress],
  [7, Kind.text, Text.userAgent],
  [8, Kind.whole, Num.door],
  [9, Kind.whole, Num.contractVersion],
  [10, Kind.whole, Num.skewMs],
  [11, Kind.text, Text.visitorId],
  [12, Kind.text, Text.hintPlatform],
  [13, Kind.text, Text.hintPlatformVersion],
  [14, Kind.bool, Num.hintMobile],
  [15, Kind.text, Text.hintModel],
  [16, Kind.text, Text.countryHeader],
  [17, Kind.bool, Num.textRepaired],
  [18, Kind.text, Text.rejectedReason],
  [19, Kind.text, Text.rejectedField],
  [20, Kind.text, Text.rejectedMessage],
  [21, Kind.bytes, Text.rejectedBytes],
  [22, Kind.bool, Num.replayed],
  [30, Kind.message, Num.event, event],
  [31, Kind.fixed32, Num.ignored],
)
