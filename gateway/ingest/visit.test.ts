import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { IpMode } from './ip-address.ts'
import { receivedAtMs, sampleKey, samplePrivacy, sampleSender } from './sample.case.ts'
import { describeVisit } from './visit.ts'

const salt = Buffer.alloc(32, 1)
const visit = (change = {}, sentAtMs?: number) => describeVisit(sampleSender(change), sentAtMs, salt)
const hash = (change = {}, userAgent = 'UA') => visit(change).visitorBy(userAgent)

test('the hash of a visitor is the same on one day for site, address and user agent, and differs with any of them', () => {
  const one = hash()
  expect(one).toMatch(/^[\w-]{22}$/)
  expect(hash()).toBe(one)
  const others = [
    hash({ ip: '203.0.113.78' }),
    hash({}, 'other UA'),
    hash({ key: sampleKey({ siteId: 12 }) }),
    hash({ key: sampleKey({ companyId: 8 }) }),
    describeVisit(sampleSender(), undefined, Buffer.alloc(32, 2)).visitorBy('UA'),
  ]
  expect(new Set([one, ...others]).size).toBe(6)
})

test('the hash sees the whole address, whatever the site keeps of it', () => {
  expect(hash({ key: sampleKey({ privacy: samplePrivacy({ ipMode: 'none' }) }) })).toBe(
    hash({ key: sampleKey({ privacy: samplePrivacy({ ipMode: 'full' }) }) }),
  )
  expect(hash({ ip: '::ffff:203.0.113.77' })).toBe(hash())
})

test('no two of company, site and day share the hash of a visitor, whoever it is and whatever the sites keep of addresses', () => {
  const place = fc.record({ companyId: fc.nat(30), siteId: fc.nat(30), day: fc.nat(3) })
  const visitor = fc.record({
    ip: fc.oneof(fc.ipV4(), fc.ipV6()),
    userAgent: fc.string({ unit: 'binary', maxLength: 30 }),
  })
  const ipMode = fc.constantFrom('cut' as const, 'full' as const, 'none' as const)
  const hashOf = (
    at: { companyId: number; siteId: number; day: number; ipMode: IpMode },
    who: { ip: string; userAgent: string },
  ) => {
    const { companyId, siteId, day } = at
    const key = sampleKey({ companyId, siteId, privacy: samplePrivacy({ ipMode: at.ipMode, cookieless: true }) })
    return describeVisit(sampleSender({ key, ip: who.ip }), undefined, Buffer.alloc(32, day)).visitorBy(who.userAgent)
  }
  fc.assert(
    fc.property(place, place, ipMode, ipMode, visitor, (one, two, modeOfOne, modeOfTwo, who) => {
      const same = one.companyId === two.companyId && one.siteId === two.siteId && one.day === two.day
      const hashes = [hashOf({ ...one, ipMode: modeOfOne }, who), hashOf({ ...two, ipMode: modeOfTwo }, who)]
      expect(hashes[0] === hashes[1]).toBe(same)
    }),
    {
      examples: [
        [
          { companyId: 1, siteId: 11, day: 0 },
          { companyId: 11, siteId: 1, day: 0 },
          'cut',
          'full',
          { ip: '203.0.113.7', userAgent: '' },
        ],
      ],
    },
  )
})

test('only a browser has a hash: no secret key, no gRPC, no unknown address', () => {
  expect(hash({ key: sampleKey({ kind: 'secret' }) })).toBe('')
  expect(hash({ door: Door.GRPC })).toBe('')
  expect(hash({ door: Door.GRPC_STREAM })).toBe('')
  expect(hash({ ip: '' })).toBe('')
  expect(describeVisit(sampleSender(), undefined, undefined).visitorBy('UA')).toBeUndefined()
})

test("the address of a server with a secret key is not taken for the visitor's", () => {
  expect(visit().ip).toBe('203.0.113.0')
  expect(visit({ key: sampleKey({ kind: 'secret' }) }).ip).toBe('')
})

test.each([
  ['pt', 'PT'],
  ['XX', ''],
  ['T1', ''],
  ['PRT', ''],
  ['ß', ''],
  ['', ''],
])('the country header %j counts as %j', (countryHeader, country) => {
  expect(visit({ countryHeader }).country).toBe(country)
})

test('the skew of the clocks fits 32 bits, however wrong the sender is', () => {
  expect(visit({}, receivedAtMs - 1_500).skewMs).toBe(1_500)
  expect(visit({}, receivedAtMs + 1_500).skewMs).toBe(-1_500)
  expect(visit({}, -62_135_596_800_000).skewMs).toBe(2_147_483_647)
  expect(visit({}, 253_402_300_799_000).skewMs).toBe(-2_147_483_648)
  expect(visit({}, undefined).skewMs).toBeUndefined()
})

test('headers are cut and freed of what cannot be stored', () => {
  const hints = { platform: 'x'.repeat(500), platformVersion: '\0', mobile: true, model: '\ud800' }
  expect(visit({ hints }).hints).toEqual({
    platform: 'x'.repeat(200),
    platformVersion: '\ufffd',
    mobile: true,
    model: '\ufffd',
  })
  expect(visit({ userAgent: 'x'.repeat(20_000) }).userAgent).toHaveLength(8_192)
})
