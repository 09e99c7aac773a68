import { StructSchema } from '@bufbuild/protobuf/wkt'
import { expect, test } from 'vitest'
import { EventSchema } from '../../../proto/gen/userflow/v1/event_pb.ts'
import { RecordEventsResponseSchema } from '../../../proto/gen/userflow/v1/ingest_pb.ts'
import { type JsonMessage, jsonMessage } from './json-message.ts'

const kindsOf = ({ fields }: JsonMessage): string[] =>
  fields.flatMap((field) => [field.kind, ...(field.message ? kindsOf(field.message) : [])])

test('every field of an event is written without the library: a new type of field needs a kind of its own', () => {
  const kinds = kindsOf(jsonMessage(EventSchema))
  expect(kinds).not.toContain('other')
  expect(new Set(kinds).size).toBe(9)
})

test('a message that contains itself, and what has a form of JSON of its own, is left to the library', () => {
  expect(kindsOf(jsonMessage(StructSchema))).toEqual(['other'])
})

test('an answer is known, too: enums by name, lists of messages', () => {
  expect(kindsOf(jsonMessage(RecordEventsResponseSchema))).toContain('enum')
})
