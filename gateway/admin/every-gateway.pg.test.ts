import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRegistry } from '../../runtime/metrics.ts'
import { postTo, startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { readGatewayConfig } from '../config.ts'
import { type Gateway, startGateway } from '../gateway.ts'
import { answered, asking, newCompany } from './admin.case.ts'

let it: TestGateway
let second: Gateway
let ask: ReturnType<typeof asking>
let siteId: number
const logged: string[] = []
const logger = pino(
  { level: 'trace' },
  new Writable({ write: (chunk, _, done) => void done(logged.push(String(chunk)) ? null : undefined) }),
)

beforeAll(async () => {
  it = await startTestGateway()
  const ports = { HTTP_PORT: '0', GRPC_PORT: '0', METRICS_PORT: '0' }
  const config = readGatewayConfig({
    ...ports,
    DATABASE_URL: it.databaseUrl,
    PUBLIC_URL: 'https://events.example.com/',
  })
  second = await startGateway(config, { log: it.log, db: it.db, registry: createRegistry(), logger })
  const company = await newCompany(it.db)
  siteId = company.siteId
  ask = asking({ http: addresses()[1]! }, company.secret)
})
afterAll(async () => {
  await second[Symbol.asyncDispose]()
  await it[Symbol.asyncDispose]()
})

/** Both gateways. */
const addresses = () => [it.http, `http://127.0.0.1:${second.httpPort}`]

/** What both say to an event of this key. */
const send = async (key: string, origin?: string) => {
  const headers = { 'x-api-key': key, ...(origin ? { origin } : {}) }
  const path = '/userflow.v1.IngestService/RecordEvents'
  const answers = await Promise.all(
    addresses().map((http) => postTo(http + path, { events: [{ pageView: {} }] }, headers)),
  )
  return answers.map(({ error, status }) => error ?? status)
}

const make = (more: object = {}) => answered(ask('CreateKey', { siteId, kind: 'KEY_KIND_WRITE', ...more }))
/** What the contract promises, and a second for the requests themselves. */
const within = { timeout: 6_000, interval: 200 }

test('a new key works at once, and a revoked one is refused by both within five seconds', async () => {
  const { key, secret } = await make()
  expect(await send(secret)).toEqual([200, 200])
  await answered(ask('RevokeKey', { keyId: key.keyId }))
  await expect.poll(() => send(secret), within).toEqual(['KEY_UNKNOWN', 'KEY_UNKNOWN'])
})

test('both keys of a rotation work during the overlap, and the old one ends by itself', async () => {
  const { key, secret } = await make()
  expect(await send(secret)).toEqual([200, 200])
  const rotated = await answered(ask('RotateKey', { keyId: key.keyId, overlap: '8s' }))
  expect(await send(secret)).toEqual([200, 200])
  expect(await send(rotated.secret)).toEqual([200, 200])
  await expect.poll(() => send(secret), { timeout: 14_000, interval: 300 }).toEqual(['KEY_UNKNOWN', 'KEY_UNKNOWN'])
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(rotated.old.expiresAt))
  expect(await send(rotated.secret)).toEqual([200, 200])
})

test('pages of origins that are no longer listed are refused by both within five seconds', async () => {
  const { secret } = await make()
  expect(await send(secret, 'https://old.example')).toEqual([200, 200])
  await answered(ask('UpdateSite', { siteId, allowedOrigins: { origins: ['https://new.example'] } }))
  const refused = ['ORIGIN_NOT_ALLOWED', 'ORIGIN_NOT_ALLOWED']
  await expect.poll(() => send(secret, 'https://old.example'), within).toEqual(refused)
  expect(await send(secret, 'https://new.example')).toEqual([200, 200])
})

test('a limit of a new key holds at each gateway', async () => {
  const { secret } = await make({ eventsPerSecond: 1 })
  const events = Array.from({ length: 1_000 }, () => ({ pageView: {} }))
  for (const http of addresses()) {
    const record = () => postTo(`${http}/v1/events?key=${secret}`, { events })
    expect(await record()).toMatchObject({ status: 200 })
    expect(await record()).toMatchObject({ status: 429, error: 'RATE_LIMITED' })
  }
})

test('the snippet names the public address where one is set', async () => {
  const { sites } = await answered(ask('ListSites'))
  expect(sites[0].snippet).toBe('<script defer src="https://events.example.com/tracker.js" data-key="KEY"></script>')
})

test('no line of the log has the text of a key, not even when making one fails', async () => {
  const { secret } = await make()
  await send(secret)
  await it.db.query('alter table api_key rename column label to gone')
  try {
    expect(await ask('CreateKey', { siteId, kind: 'KEY_KIND_SECRET' })).toMatchObject({ error: 'INTERNAL' })
  } finally {
    await it.db.query('alter table api_key rename column gone to label')
  }
  await expect.poll(() => logged.join('')).toContain('a request failed inside the gateway')
  expect(logged.join('')).not.toMatch(/uf_(write|secret)_[\w-]{13}/)
})
