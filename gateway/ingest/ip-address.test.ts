import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keptIp, normaliseIp } from './ip-address.ts'

test.each([
  ['203.0.113.77', '203.0.113.0'],
  ['::ffff:203.0.113.77', '203.0.113.0'],
  ['::FFFF:cb00:714d', '203.0.113.0'],
  ['2001:db8:85a3::8a2e:370:7334', '2001:db8:85a3::'],
  ['2001:DB8:0:1::', '2001:db8:0::'],
  ['::1', '0:0:0::'],
  ['fe80::1%eth0', 'fe80:0:0::'],
])('%s is cut to its network %s', (address, network) => {
  expect(keptIp(normaliseIp(address), 'cut')).toBe(network)
})

test('a site may keep all of it or nothing', () => {
  expect(keptIp(normaliseIp('::ffff:1.2.3.4'), 'full')).toBe('1.2.3.4')
  expect(keptIp(normaliseIp('fe80::1%eth0'), 'full')).toBe('fe80:0:0:0:0:0:0:1')
  expect(keptIp(normaliseIp('1.2.3.4'), 'none')).toBe('')
})

test.each(['', 'localhost', '1.2.3', '1.2.3.4:80', '[::1]', '01.2.3.4', "1.2.3.4'; drop"])(
  '%j is no address',
  (text) => {
    expect(normaliseIp(text)).toBe('')
  },
)

test('every address stays one, and its cut form keeps nothing of the host', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
      const full = normaliseIp(address)
      expect(isIP(full)).not.toBe(0)
      const cut = keptIp(full, 'cut')
      expect(isIP(cut)).not.toBe(0)
      expect(keptIp(normaliseIp(cut), 'cut')).toBe(cut.includes('.') ? cut : keptIp(normaliseIp(cut), 'cut'))
      expect(cut.includes('.') ? cut.endsWith('.0') : cut.endsWith('::') && cut.split(':').length <= 5).toBe(true)
    }),
  )
})
