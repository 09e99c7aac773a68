import { fromBinary, fromJsonString } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { makeTemplates } from './templates.ts'

const id = '019f0000-0000-7001-8000-00000000002a'
const who = '000000000007'
const base64 = (text: string) => Buffer.from(text).toString('base64')

test('joined as the k6 scripts join them, bytes and JSON are the same event', () => {
  const { idHead, sessionHead, visitorHead, bytes, json } = makeTemplates(50)
  expect(bytes.length).toBe(50)
  for (const [index, rest] of bytes.entries()) {
    const joined = idHead + base64(id) + sessionHead + base64(who) + visitorHead + base64(who) + rest
    const event = fromBinary(EventSchema, Buffer.from(joined, 'base64'))
    expect(event).toMatchObject({ eventId: id, sessionId: `s${who}`, visitorId: `v${who}`, sequence: 1 })
    expect(event.device!.ipAddress).toBe('')
    const text = `{"eventId":"${id}","sessionId":"s${who}","visitorId":"v${who}","sequence":1,"sessionDurationSeconds":5,${json[index]}`
    expect(fromJsonString(EventSchema, text)).toEqual(event)
  }
})
