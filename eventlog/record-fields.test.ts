import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { EventEnvelopeSchema } from '../proto/gen/userflow/v1/envelope_pb.ts'
import { EventSchema } from '../proto/gen/userflow/v1/event_pb.ts'
import { Action, envelopePlan, Kind, type MessagePlan, Num, numberPlaces, Text, textPlaces } from './record-fields.ts'

/** Fields that the worker has no use for; none so far. A new field is read, or named here with the reason. */
const leftOut: ReadonlySet<string> = new Set()

const scalarKinds: Partial<Record<ScalarType, number>> = {
  [ScalarType.STRING]: Kind.text,
  [ScalarType.BYTES]: Kind.bytes,
  [ScalarType.INT32]: Kind.whole,
  [ScalarType.UINT32]: Kind.whole,
  [ScalarType.INT64]: Kind.long,
  [ScalarType.BOOL]: Kind.bool,
  [ScalarType.DOUBLE]: Kind.double,
  [ScalarType.FIXED32]: Kind.fixed32,
}

/** How a field of the contract has to be read; undefined: the view has no way yet. */
function kindOf(field: DescField): number | undefined {
  if (field.fieldKind === 'scalar') return scalarKinds[field.scalar]
  if (field.fieldKind === 'enum') return Kind.whole
  if (field.fieldKind === 'list') return field.message?.name === 'Experiment' ? Kind.experiment : undefined
  if (field.message?.typeName === 'google.protobuf.Struct') return Kind.properties
  return field.oneof ? Kind.action : Kind.message
}

const nameOf = (wanted: number | undefined) => Object.entries(Kind).find(([, kind]) => kind === wanted)?.[0]

function expectPlanned(message: DescMessage, plan: MessagePlan): void {
  const fields = message.fields.filter(({ name }) => !leftOut.has(`${message.name}.${name}`))
  const planned = [...plan.kinds.entries()].filter(([, kind]) => kind !== Kind.unknown)
  const wanted = fields.map((field) => [field.number, nameOf(kindOf(field)) ?? `no kind for ${field.name}`])
  expect(Object.fromEntries(planned.map(([number, kind]) => [number, nameOf(kind)])), message.name).toEqual(
    Object.fromEntries(wanted),
  )
  for (const field of fields) {
    const inner = plan.messages[field.number]
    if (field.message && kindOf(field) !== Kind.properties) expectPlanned(field.message, inner!)
    else expect(inner).toBeUndefined()
  }
}

test('every field of the contract is read as what it is, or left out on purpose', () => {
  expectPlanned(EventEnvelopeSchema, envelopePlan)
})

test('every action of the contract has its number', () => {
  const action = EventSchema.oneofs.find(({ name }) => name === 'action')
  expect(Object.fromEntries(action!.fields.map((field) => [field.localName, field.number]))).toEqual(Action)
})

/** Places that are written when an event with this action is read. */
function placesOf(plan: MessagePlan, action: number): string[] {
  return [...plan.kinds.entries()].flatMap(([number, kind]) => {
    if (kind === Kind.unknown || (kind === Kind.action && number !== action)) return []
    const inner = plan.messages[number]
    const below = inner ? placesOf(inner, action) : []
    if (kind === Kind.experiment || kind === Kind.properties) return below
    const place = plan.places[number]!
    if (kind === Kind.text || kind === Kind.bytes) return [`text ${place}`, ...below]
    return place === Num.ignored ? below : [`number ${place}`, ...below]
  })
}

test.each(Object.entries(Action))('no two fields of an event with %s are kept in one place', (_name, action) => {
  const places = placesOf(envelopePlan, action)
  expect(places.length).toBeGreaterThan(40)
  expect(new Set(places).size).toBe(places.length)
})

test('there is room for every place', () => {
  expect(Object.values(Text)).toEqual(Array.from({ length: textPlaces }, (_, place) => place))
  expect(Object.values(Num)).toEqual(Array.from({ length: numberPlaces }, (_, place) => place))
})
