import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAddress } from './cut-address.ts'

const kept = new Set(['utm_source', 'ref', 'größe', 'a b'])
const binary = (text: string): string => Buffer.from(text).toString('latin1')
const cut = (address: string): string => Buffer.from(cutAddress(binary(address), kept), 'latin1').toString('utf8')

test.each([
  ['nothing to cut', 'https://example.com/a', 'https://example.com/a'],
  ['other parameters', 'https://example.com/a?token=1&utm_source=x&mail=joe%40x', 'https://example.com/a?utm_source=x'],
  ['all of them', 'https://example.com/a?token=1', 'https://example.com/a'],
  ['order and spelling stay', '/a?ref=%7e+%7E&x=1&utm_source=&ref=B', '/a?ref=%7e+%7E&utm_source=&ref=B'],
  ['a name without value', '/a?ref&token', '/a?ref'],
  [
    'names are decoded',
    '/a?utm%5Fsource=1&gr%C3%B6%C3%9Fe=2&größe=3&a+b=4&a%20b=5',
    '/a?utm%5Fsource=1&gr%C3%B6%C3%9Fe=2&größe=3&a+b=4&a%20b=5',
  ],
  ['case matters', '/a?Ref=1&ref=2&REF=3', '/a?ref=2'],
  ['names that only begin alike', '/a?ref2=1&utm_source_x=2&xref=3', '/a'],
  ['broken percent signs', '/a?%=1&%zz=2&ref%=3&%ff%fe=4&ref=%', '/a?ref=%'],
  ['a question mark in a value', '/a?ref=b?c', '/a?ref=b?c'],
  ['an empty query', '/a?', '/a?'],
  ['empty parameters', '/a?&&token=1&&', '/a'],
  ['a section', '/a?token=1#section-2', '/a#section-2'],
  ['a token in the fragment', '/a#access_token=secret&token_type=bearer', '/a'],
  ['a named parameter in the fragment', '/a#access_token=secret&ref=1', '/a#ref=1'],
  ['a route with a query', '/a#/reset?token=secret', '/a#/reset'],
  ['a route with a named parameter', '/a#/reset?token=secret&ref=1', '/a#/reset?ref=1'],
  ['a route that is parameters itself', '/a#/token=1?ref=2', '/a#?ref=2'],
  ['an encoded sign of equality', '/a#access_token%3Dsecret', '/a'],
  ['a second fragment', '/a#/r?ref=1#access_token=secret', '/a#/r?ref=1'],
  ['a query behind the fragment', '/a#b?token=1', '/a#b'],
  ['user and password', 'https://joe:pass@example.com:8080/a', 'https://example.com:8080/a'],
  ['a user alone', 'https://joe@example.com', 'https://example.com'],
  ['two @', 'https://joe@x:p@ss@example.com/a', 'https://example.com/a'],
  ['backslashes and missing slashes', 'https:\\\\joe:pass@example.com\\a', 'https:\\\\example.com\\a'],
  ['no scheme', '//joe:pass@example.com/a', '//example.com/a'],
  ['a user without a host', 'https://joe@/x:pass@example.com?ref=1', 'https://'],
  ['another scheme', 'android-app://joe@com.example/?token=1', 'android-app://com.example/'],
  ['an @ in the path', 'https://example.com/@joe?ref=1', 'https://example.com/@joe?ref=1'],
  ['an @ in a mail address', 'mailto:joe@example.com?subject=secret', 'mailto:joe@example.com'],
  ['a host with a space', 'https://exa mple.com/?ref=1#x', 'https://exa mple.com/'],
  ['a host that is none', 'https://[::1/?ref=1', 'https://[::1/'],
  ['a port that is none', 'https://joe:pa?ref=1@example.com/', 'https://joe:pa'],
  ['no host', 'https:///?ref=1', 'https:///'],
  ['a control character', 'https://example.com/\n?ref=1', 'https://example.com/\n'],
  ['an address of IPv6', 'https://[2001:db8::1]:443/?ref=1&x=2', 'https://[2001:db8::1]:443/?ref=1'],
  ['a host in its own script', 'https://müller.example/ä?ref=1&x=2', 'https://müller.example/ä?ref=1'],
  ['no page', 'about:blank?token=1', 'about:blank'],
  ['nothing', '', ''],
])('%s: %s', (_, address, expected) => {
  expect(cut(address)).toBe(expected)
})

test('of an address with more than 200 parameters the others are cut', () => {
  expect(cut(`/?${'x=1&'.repeat(199)}ref=200&ref=201`)).toBe('/?ref=200')
})

const alphabet = [...'?#&=@:/\\%;+ .a', 'ref=', 'token=secret', '%3D', '%3f', 'https://', 'ä', '\0', '[', ']']
const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 40 }).map((parts) => parts.join(''))

test('cutting again changes nothing, nothing is added, and whatever came never throws', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: 'binary', maxLength: 60 })), (address) => {
      const once = cutAddress(binary(address), kept)
      expect(cutAddress(once, kept)).toBe(once)
      expect(once.length).toBeLessThanOrEqual(binary(address).length)
    }),
    { numRuns: 3_000 },
  )
})

test('what a browser reads as parameters of an address that was cut has kept names only', () => {
  fc.assert(
    fc.property(fc.constantFrom('https://example.com', '//example.com', '', 'http:'), text, (start, rest) => {
      const address = Buffer.from(cutAddress(binary(start + rest), kept), 'latin1').toString('utf8')
      if (!URL.canParse(address, 'https://base.example')) return
      const { searchParams, username, password } = new URL(address, 'https://base.example')
      expect([...searchParams.keys()].filter((name) => !kept.has(name))).toEqual([])
      expect([username, password]).toEqual(['', ''])
    }),
    { numRuns: 3_000 },
  )
})
