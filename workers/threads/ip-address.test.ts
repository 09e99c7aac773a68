import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ipBytes, isPrivate } from './ip-address.ts'

test('every address that Node accepts is read, anything else is none', () => {
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4Extended(),
    fc.string(),
    fc.constantFrom('1.2.3', '01.2.3.4', '1.2.3.4.', '256.1.1.1', '1..2.3', '::', '::1', 'fe80::1%eth0'),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const family = text.includes('%') ? 0 : isIP(text)
      const bytes = ipBytes(text)
      expect(bytes === undefined).toBe(family === 0)
      if (family === 4) expect(bytes!.join('.')).toBe(text)
    }),
    { numRuns: 1000 },
  )
})

test('IPv6 is read with gaps and embedded IPv4, and IPv4 in IPv6 clothes is IPv4', () => {
  expect(Buffer.from(ipBytes('2001:db8::1')!).toString('hex')).toBe('20010db8000000000000000000000001')
  expect(Buffer.from(ipBytes('64:ff9b::192.0.2.33')!).toString('hex')).toBe('0064ff9b0000000000000000c0000221')
  expect([...ipBytes('::ffff:192.0.2.1')!]).toEqual([192, 0, 2, 1])
})

test('addresses of no public network are private', () => {
  for (const text of [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.1.1',
    '100.64.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
  ]) {
    expect([text, isPrivate(ipBytes(text)!)]).toEqual([text, true])
  }
  for (const text of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2001:4860::1']) {
    expect([text, isPrivate(ipBytes(text)!)]).toEqual([text, false])
  }
})
