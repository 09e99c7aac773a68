import { expect, test } from 'vitest'
import { originFor, snippetOf } from './snippet.ts'

const place = { publicUrl: '', host: '0.0.0.0', port: () => 8080 }

test.each([
  [
    'the public address, whatever the request says',
    { host: 'other:1', byHttp: true },
    'https://e.example',
    'https://e.example',
  ],
  ['the host of a request by HTTP', { host: 'gw.example:8443', byHttp: true }, '', 'http://gw.example:8443'],
  [
    'the name and the HTTP port for a request by gRPC',
    { host: 'gw.example:50051', byHttp: false },
    '',
    'http://gw.example:8080',
  ],
  ['an IPv6 host', { host: '[::1]:50051', byHttp: false }, '', 'http://[::1]:8080'],
  ['its own address where no host is said', { byHttp: true }, '', 'http://0.0.0.0:8080'],
  ['its own address where the host is none', { host: '"><script>', byHttp: true }, '', 'http://0.0.0.0:8080'],
  ['its own address where the port is none', { host: 'a:99999', byHttp: true }, '', 'http://0.0.0.0:8080'],
])('the snippet names %s', (_, called, publicUrl, origin) => {
  expect(originFor(called, { ...place, publicUrl })).toBe(origin)
})

test('nothing breaks out of the snippet, and the key is left open', () => {
  expect(snippetOf(`https://a.example"><b>'&`)).toBe(
    '<script defer src="https://a.example&quot;&gt;&lt;b&gt;&#39;&amp;/tracker.js" data-key="KEY"></script>',
  )
})
