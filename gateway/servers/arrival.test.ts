import { expect, test } from 'vitest'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Key } from '../keys.ts'
import { type Arrival, clientAddress, secretOf, senderOf } from './arrival.ts'

const arrival = (headers: Record<string, string>, more: Partial<Arrival> = {}): Arrival => ({
  header: (name) => headers[name],
  peer: '10.0.0.1',
  door: Door.CONNECT,
  ...more,
})

test.each([
  ['without proxies the header proves nothing', '203.0.113.7', 0, '10.0.0.1'],
  ['one proxy wrote the last hop', '1.1.1.1, 203.0.113.7', 1, '203.0.113.7'],
  ['of two proxies the outer one wrote the hop before the last', '1.1.1.1, 203.0.113.7, 10.0.0.2', 2, '203.0.113.7'],
  ['fewer hops than proxies: the first', '203.0.113.7', 3, '203.0.113.7'],
  ['no header: the peer', '', 1, '10.0.0.1'],
  ['not an address: the peer', 'unknown', 1, '10.0.0.1'],
  ['a port is cut', '203.0.113.7:4711', 1, '203.0.113.7'],
  ['an IPv6 address keeps its colons', '2001:db8::1', 1, '2001:db8::1'],
  ['and loses brackets and port', '[2001:db8::1]:4711', 1, '2001:db8::1'],
])('%s', (_, forwarded, trustProxy, address) => {
  expect(clientAddress(arrival({ 'x-forwarded-for': forwarded }), trustProxy)).toBe(address)
})

test('without proxies a connection from this machine may forward an address and a country', () => {
  for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    const local = arrival({ 'x-forwarded-for': '203.0.113.7', 'cf-ipcountry': 'pt' }, { peer })
    expect(clientAddress(local, 0)).toBe('203.0.113.7')
    expect(senderOf({} as Key, local, 0).countryHeader).toBe('PT')
  }
})

test('the header is looked at before the query, and any case of Bearer is one', () => {
  expect(secretOf(arrival({ 'x-api-key': ' a ' }, { queryKey: 'q' }))).toBe('a')
  expect(secretOf(arrival({ authorization: 'bearer b' }))).toBe('b')
  expect(secretOf(arrival({ authorization: 'Basic b' }))).toBeUndefined()
  expect(secretOf(arrival({}, { queryKey: 'q' }))).toBe('q')
  expect(secretOf(arrival({}))).toBeUndefined()
})

test('hints lose their quotes, and a country header counts only behind a proxy', () => {
  const headers = {
    'sec-ch-ua-platform': '"Windows"',
    'sec-ch-ua-mobile': '?1',
    'cf-ipcountry': 'pt',
    'user-agent': 'x'.repeat(5_000),
  }
  const sender = senderOf({} as Key, arrival(headers), 1)
  expect(sender.hints).toEqual({ platform: 'Windows', platformVersion: '', mobile: true, model: '' })
  expect(sender.countryHeader).toBe('PT')
  expect(sender.userAgent.length).toBe(1_024)
  expect(senderOf({} as Key, arrival(headers), 0).countryHeader).toBe('')
  expect(senderOf({} as Key, arrival({ 'cf-ipcountry': 'T1' }), 1).countryHeader).toBe('')
})
