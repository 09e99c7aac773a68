import { expect, test } from 'vitest'
import { decodeRecord } from '../../eventlog/record.ts'
import { RejectReason, VerdictStatus } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { type CompanySchemas, companySchemas, SchemaInForce } from '../schemas/company-schemas.ts'
import { type Court, judge } from './judge.ts'
import { rawBytes } from './raw-event.ts'
import { bytesOf, type EventInit, sampleEvent, sampleKey, samplePrivacy, sampleSender } from './sample.case.ts'
import { EventScan } from './validate/event-scan.ts'
import { answer } from './verdicts.ts'
import { describeVisit } from './visit.ts'

const reported: number[] = []
const schemas: CompanySchemas = companySchemas(
  7,
  new Map(
    (['report', 'enforce'] as const).map((mode) => [
      `${mode}`,
      new SchemaInForce({ name: `${mode}`, version: 1, mode, json: { type: 'object', required: ['plan'] } }),
    ]),
  ),
  { broken: () => undefined, reported: ({ siteId }) => reported.push(siteId), unusable: () => undefined },
)

const custom = (name: string, properties: EventInit['properties'] = {}): Buffer =>
  bytesOf(sampleEvent({ action: { case: 'custom', value: { name } }, properties }))

function judged(bytes: Buffer, change: Partial<Court> = {}, deniedProperties: string[] = []) {
  const sender = sampleSender({ key: sampleKey({ privacy: samplePrivacy({ deniedProperties }) }) })
  const visit = describeVisit(sender, undefined, Buffer.alloc(32))
  return judge(rawBytes(bytes), 0, { scan: new EventScan(), visit, partitions: 4, schemas, ...change })
}

test('only a custom event of a name with a schema is judged by it', () => {
  expect(judged(custom('enforce'))).toMatchObject({
    rejection: { reason: RejectReason.SCHEMA_BROKEN, field: 'properties.plan' },
  })
  expect(judged(custom('enforce', { plan: 'pro' })).rejection).toBeUndefined()
  expect(judged(custom('other')).rejection).toBeUndefined()
  expect(judged(bytesOf(sampleEvent({ properties: {} }))).rejection).toBeUndefined()
  expect(judged(custom('enforce'), { schemas: undefined }).rejection).toBeUndefined()
  const vital = bytesOf(
    sampleEvent({ action: { case: 'webVital', value: { name: 'enforce', value: 1 } }, properties: {} }),
  )
  expect(judged(vital).rejection).toBeUndefined()
})

test('what is rejected is a dead letter with the bytes, the reason and the path', () => {
  const bytes = custom('enforce')
  const { record } = judged(bytes)
  const read = decodeRecord(Buffer.from(record!.value))
  expect(read).toMatchObject({
    ok: true,
    envelope: { rejectedReason: 'SCHEMA_BROKEN', rejectedField: 'properties.plan' },
  })
  expect(read.ok && Buffer.from(read.envelope.rejectedBytes).equals(bytes)).toBe(true)
})

test('in report mode the event is taken and counted for its site, unless it was received before', () => {
  expect(judged(custom('report')).rejection).toBeUndefined()
  expect(reported).toEqual([11])
  expect(judged(custom('report'), { again: true }).rejection).toBeUndefined()
  expect(reported).toEqual([11])
})

test('judged is what is kept: a property that the site does not keep is not there', () => {
  expect(judged(custom('enforce', { plan: 'pro' }), {}, ['plan']).rejection).toMatchObject({ field: 'properties.plan' })
  expect(judged(custom('enforce', { plan: 'pro', name: 'x' }), {}, ['name']).rejection).toBeUndefined()
})

test('what there was no time to judge is to be sent again, and is on no log', () => {
  const late = judged(custom('enforce'), { patience: { leftMs: 0 } })
  expect(late).toMatchObject({ record: undefined, rejection: undefined })
  expect(answer([late], []).rejected).toMatchObject([
    { status: VerdictStatus.RETRY, message: expect.stringContaining("company's schemas took too long") },
  ])
  expect(judged(custom('other'), { patience: { leftMs: 1 } }).record).toBeDefined()
  expect(judged(bytesOf(sampleEvent()), { patience: { leftMs: 0 } }).record).toBeDefined()
})
