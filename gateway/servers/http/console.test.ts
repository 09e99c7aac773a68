import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readConsole } from './console.ts'
import type { HttpRequest, Reply } from './exchange.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'userflow-console-'))
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(dir, { recursive: true, force: true })
})

const html = { accept: 'text/html,application/xhtml+xml' }
const request = (url: string, headers: Record<string, string> = html) => ({ url, headers }) as unknown as HttpRequest
const textOf = ({ body = '' }: Reply): string => (typeof body === 'string' ? body : Buffer.from(body).toString())

async function write(files: Readonly<Record<string, string>>, madeAt = 1_000): Promise<void> {
  await mkdir(join(dir, 'assets'), { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    await writeFile(join(dir, path), text)
    await writeFile(join(dir, `${path}.gz`), gzipSync(text))
    await writeFile(join(dir, `${path}.br`), brotliCompressSync(text))
  }
  const types = Object.keys(files).map((path) => [path, path.endsWith('.js') ? 'text/javascript' : 'text/html'])
  const manifest = { scriptHashes: ['sha256-abc='], files: Object.fromEntries(types) }
  await writeFile(join(dir, 'console.json'), JSON.stringify(manifest))
  await utimes(join(dir, 'console.json'), madeAt, madeAt)
}

const open = () => readConsole(pathToFileURL(`${dir}/`))

test('until it is built a browser is told so, by a page that asks again', () => {
  const reply = open().find(request('/overview'))
  expect(reply?.status).toBe(503)
  expect(textOf(reply!)).toContain('http-equiv="refresh"')
})

test('every address of a page shows it, runs its own scripts only, and cannot be framed', async () => {
  await write({ '/index.html': '<p>console' })
  const files = open()
  for (const path of ['/', '/overview', '/sessions/a-b.c', '/join'])
    expect(textOf(files.find(request(path))!)).toBe('<p>console')
  const { headers = {} } = files.find(request('/'))!
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toContain("script-src 'self' 'sha256-abc='")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('unsafe')
  expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'referrer-policy': 'same-origin' })
})

test('programs and addresses of others are not answered', async () => {
  await write({ '/index.html': '<p>console' })
  const files = open()
  expect(files.find(request('/', { accept: '*/*' }))).toBeUndefined()
  expect(files.find(request('/userflow.v1.AnalyticsService/Overview'))).toBeUndefined()
  expect(files.find(request('/..%2f..%2fetc/passwd'))).toBeUndefined()
  expect(files.find(request('/assets/../console.json'))).toBeUndefined()
})

test('parts are kept for ever, compressed as asked, and not sent twice', async () => {
  await write({ '/index.html': '<p>', '/assets/a-1.js': 'let a = 1' })
  const files = open()
  const reply = files.find(request('/assets/a-1.js', { 'accept-encoding': 'gzip, br' }))!
  expect(brotliDecompressSync(reply.body as Buffer).toString()).toBe('let a = 1')
  expect(reply.headers).toMatchObject({
    'content-encoding': 'br',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  const etag = reply.headers?.etag ?? ''
  expect(files.find(request('/assets/a-1.js', { 'if-none-match': etag }))?.status).toBe(304)
})

test('a new build is noticed within a second, and pages that are open still find the parts of the one before', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  await write({ '/index.html': '<p>old', '/assets/a-1.js': 'old' })
  const files = open()
  expect(textOf(files.find(request('/'))!)).toBe('<p>old')
  await rm(dir, { recursive: true })
  await mkdir(dir)
  await write({ '/index.html': '<p>new', '/assets/a-2.js': 'new' }, 2_000)
  vi.advanceTimersByTime(1_000)
  expect(textOf(files.find(request('/'))!)).toBe('<p>new')
  expect(textOf(files.find(request('/assets/a-1.js'))!)).toBe('old')
})
