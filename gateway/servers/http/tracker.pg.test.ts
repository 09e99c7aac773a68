import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../../test/support/gateway.ts'

const read = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../clients/browser/dist/${name}`, import.meta.url))

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

/** Asks as a browser does, and gives the bytes as they came. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const sent = request(it.http + path, { headers, method }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
    sent.on('error', reject).end()
  })
}

/** As the core calls a part. */
const partOf = async (name: string): Promise<string> =>
  `/${name}.${createHash('sha256')
    .update(await read(`${name}.js`))
    .digest('hex')
    .slice(0, 10)}.js`

test('any page may load the tracker, and sees a new release within the hour', async () => {
  const { status, headers, body } = await ask('/tracker.js', { origin: 'https://shop.example' })
  expect({ status, headers }).toMatchObject({
    status: 200,
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    },
  })
  expect(body).toEqual(await read('tracker.js'))
})

test('it comes compressed as the browser likes best', async () => {
  const plain = await read('tracker.js')
  const takes = (accepted: string) => ask('/tracker.js', { 'accept-encoding': accepted })
  const best = await takes('gzip, deflate, br')
  expect(best.headers).toMatchObject({ 'content-encoding': 'br', 'content-length': String(best.body.length) })
  expect(brotliDecompressSync(best.body)).toEqual(plain)
  const second = await takes('gzip;q=0.5, br;q=0')
  expect(second.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(second.body)).toEqual(plain)
  expect(second.body.length).toBeLessThanOrEqual(4_096)
  for (const accepted of ['', 'identity', 'zstd']) {
    const { headers, body } = await takes(accepted)
    expect([headers['content-encoding'], body.length]).toEqual([undefined, plain.length])
  }
})

test('what the browser still has is not sent again', async () => {
  const { etag } = (await ask('/tracker.js')).headers
  const known = await ask('/tracker.js', { 'if-none-match': `"other", ${etag}` })
  expect([known.status, known.body.length, known.headers['content-length']]).toEqual([304, 0, undefined])
  expect(known.headers.etag).toBe(etag)
  expect((await ask('/tracker.js', { 'if-none-match': 'W/"0000000000"' })).status).toBe(200)
})

test('parts are kept for a year by the hash of their text, and one of another release gets the present text for an hour', async () => {
  for (const name of ['tracker-auto', 'tracker-keep']) {
    const path = await partOf(name)
    expect((await read('tracker.js')).toString()).toContain(path.slice(1))
    const present = await ask(path)
    expect(present.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(present.body).toEqual(await read(`${name}.js`))
    const older = await ask(`/${name}.0123456789.js`)
    expect([older.status, older.headers['cache-control']]).toEqual([200, expect.stringContaining('max-age=3600')])
    expect(older.body).toEqual(present.body)
  }
})

test('HEAD tells the same without the text; other methods and names are refused', async () => {
  const head = await ask('/tracker.js', {}, 'HEAD')
  expect([head.status, head.body.length, Number(head.headers['content-length'])]).toEqual([
    200,
    0,
    (await read('tracker.js')).length,
  ])
  expect((await ask('/tracker.js', {}, 'POST')).status).toBe(405)
  for (const path of ['/tracker-.js', '/tracker-other.0123456789.js', '/tracker.js.map', '/tracker-auto.%2e%2e.js']) {
    expect([path, (await ask(path)).status]).toEqual([path, 404])
  }
})
