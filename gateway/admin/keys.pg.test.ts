import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { answered, asking, newCompany } from './admin.case.ts'
import { hashOf } from './key-text.ts'

let it: TestGateway
let own: Awaited<ReturnType<typeof newCompany>>
let ask: ReturnType<typeof asking>
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(async () => {
  own = await newCompany(it.db)
  ask = asking(it, own.secret)
})

const make = (more: object = {}) => answered(ask('CreateKey', { siteId: own.siteId, kind: 'KEY_KIND_WRITE', ...more }))
const listed = async (request: object = {}): Promise<string[]> =>
  (await answered(ask('ListKeys', request))).keys.map((key: { keyId: string }) => key.keyId)
const msOf = (time: string): number => Date.parse(time)

test('a new key has the defaults, its text works at once, and the database has only its hash', async () => {
  const { key, secret } = await make()
  expect(key).toEqual({
    keyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    prefix: secret.slice(0, 21),
    siteId: own.siteId,
    kind: 'KEY_KIND_WRITE',
    scopes: ['ingest'],
    label: '',
    eventsPerSecond: 0,
    createdAt: expect.stringMatching(/Z$/),
    replacedBy: '',
  })
  expect(secret).toMatch(/^uf_write_[\w-]{43}$/)
  const [row] = await it.db.query<{ all: string; key_hash: Buffer }>(
    'select to_jsonb(k)::text as all, key_hash from api_key k where key_id = $1',
    [key.keyId],
  )
  expect(row?.key_hash).toEqual(hashOf(secret))
  expect(row?.all).not.toContain(secret.slice(21))
})

test('everything said of a key is kept, and listed without its text', async () => {
  const expiresAt = '2099-01-02T03:04:05Z'
  const said = { kind: 'KEY_KIND_SECRET', scopes: ['admin', 'read'], label: ' ci ', eventsPerSecond: 7, expiresAt }
  const { key, secret } = await make(said)
  expect(key).toMatchObject({ ...said, scopes: ['read', 'admin'], label: 'ci' })
  const { keys } = await answered(ask('ListKeys'))
  expect(keys[0]).toEqual(key)
  expect(JSON.stringify(keys)).not.toContain(secret.slice(22))
  const { key: usual } = await make({ kind: 'KEY_KIND_SECRET' })
  expect(usual.scopes).toEqual(['ingest', 'read'])
})

test.each([
  ['site_id', { siteId: 0 }],
  ['kind', { kind: 'KEY_KIND_UNSPECIFIED' }],
  ['scopes', { scopes: ['ingest', 'read'] }],
  ['scopes', { kind: 'KEY_KIND_SECRET', scopes: ['root'] }],
  ['label', { label: 'x'.repeat(201) }],
  ['events_per_second', { eventsPerSecond: 4_294_967_295 }],
  ['expires_at', { expiresAt: '2020-01-01T00:00:00Z' }],
])('%s of %j is refused and no key is made', async (field, more) => {
  const answer = await ask('CreateKey', { siteId: own.siteId, kind: 'KEY_KIND_WRITE', ...more })
  expect(answer).toMatchObject({ status: 400, error: 'PARAMETER_INVALID' })
  expect(answer.json.message).toMatch(new RegExp(`^${field}: `))
  expect(await listed()).toEqual([own.keyId])
})

test('keys are listed newest first, by site, and with those that have ended if asked', async () => {
  const { site } = await answered(ask('CreateSite', { name: 'other', kind: 'SITE_KIND_APP' }))
  const a = (await make()).key.keyId
  const b = (await make({ siteId: site.siteId })).key.keyId
  const c = (await make()).key.keyId
  await answered(ask('RevokeKey', { keyId: a }))
  expect(await listed()).toEqual([c, b, own.keyId])
  expect(await listed({ siteId: site.siteId })).toEqual([b])
  expect(await listed({ includeEnded: true })).toEqual([c, b, a, own.keyId])
})

test('revoking ends a key now, and again changes nothing', async () => {
  const { key } = await make()
  const first = (await answered(ask('RevokeKey', { keyId: key.keyId.toUpperCase() }))).key
  expect(Math.abs(msOf(first.revokedAt) - Date.now())).toBeLessThan(60_000)
  expect((await answered(ask('RevokeKey', { keyId: key.keyId }))).key).toEqual(first)
})

test('a rotated key may do the same, and the old one ends after the overlap', async () => {
  const said = { kind: 'KEY_KIND_SECRET', scopes: ['read'], label: 'ci', eventsPerSecond: 7 }
  const made = await make(said)
  const { key, secret, old } = await answered(ask('RotateKey', { keyId: made.key.keyId, overlap: '3600s' }))
  expect(key).toMatchObject({ ...said, siteId: own.siteId, prefix: secret.slice(0, 22), replacedBy: '' })
  expect(key.keyId).not.toBe(made.key.keyId)
  expect(secret).not.toBe(made.secret)
  expect(old).toEqual({ ...made.key, replacedBy: key.keyId, expiresAt: old.expiresAt })
  expect(Math.abs(msOf(old.expiresAt) - Date.now() - 3_600_000)).toBeLessThan(60_000)
})

test('a day is the overlap if none is said, and an earlier end of its own stays', async () => {
  const { old } = await answered(ask('RotateKey', { keyId: (await make()).key.keyId }))
  expect(Math.abs(msOf(old.expiresAt) - Date.now() - 86_400_000)).toBeLessThan(60_000)
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const ending = await make({ expiresAt })
  const rotated = await answered(ask('RotateKey', { keyId: ending.key.keyId }))
  expect(msOf(rotated.old.expiresAt)).toBe(msOf(expiresAt))
  expect(rotated.key.expiresAt).toBeUndefined()
})

test('what was rotated or has ended is not rotated again', async () => {
  const rotated = (await make()).key.keyId
  await answered(ask('RotateKey', { keyId: rotated }))
  const revoked = (await make()).key.keyId
  await answered(ask('RevokeKey', { keyId: revoked }))
  const expired = (await make({ expiresAt: '2099-01-01T00:00:00Z' })).key.keyId
  await it.db.query(`update api_key set expires_at = now() where key_id = $1`, [expired])
  for (const keyId of [rotated, revoked, expired]) {
    expect(await ask('RotateKey', { keyId })).toMatchObject({ status: 400, error: 'KEY_ENDED' })
  }
  expect((await ask('RotateKey', { keyId: (await make()).key.keyId, overlap: '2592001s' })).error).toBe(
    'PARAMETER_INVALID',
  )
})

test('of two rotations of a key at the same time one is refused', async () => {
  const { keyId } = (await make()).key
  const errors = (await Promise.all([1, 2].map(() => ask('RotateKey', { keyId })))).map(({ error }) => error)
  expect(errors.sort()).toEqual(['KEY_ENDED', null])
})

test('the last key with the scope admin can neither be revoked nor be rotated away at once', async () => {
  const admin = { kind: 'KEY_KIND_SECRET', scopes: ['admin'] }
  await make({ kind: 'KEY_KIND_SECRET' })
  const keyId = own.keyId
  expect(await ask('RevokeKey', { keyId })).toMatchObject({ status: 400, error: 'LAST_ADMIN_KEY' })
  for (const overlap of ['0s', '59.999s']) {
    expect(await ask('RotateKey', { keyId, overlap })).toMatchObject({ status: 400, error: 'LAST_ADMIN_KEY' })
  }
  const { key, secret } = await answered(ask('RotateKey', { keyId, overlap: '60s' }))
  // The old one ends by itself, so it does not count as another.
  expect(await ask('RevokeKey', { keyId: key.keyId })).toMatchObject({ error: 'LAST_ADMIN_KEY' })
  const next = asking(it, secret)
  await answered(next('RevokeKey', { keyId }))
  const other = await answered(next('CreateKey', { siteId: own.siteId, ...admin }))
  await answered(next('RotateKey', { keyId: key.keyId, overlap: '0s' }))
  expect(other.key.scopes).toEqual(['admin'])
})

test('of the last two admin keys, revoked at the same time, one stays', async () => {
  for (let round = 0; round < 10; round++) {
    const company = await newCompany(it.db)
    const asked = asking(it, company.secret)
    const { key } = await answered(
      asked('CreateKey', { siteId: company.siteId, kind: 'KEY_KIND_SECRET', scopes: ['admin'] }),
    )
    const answers = await Promise.all([key.keyId, company.keyId].map((keyId) => asked('RevokeKey', { keyId })))
    expect(answers.map(({ error }) => error).sort()).toEqual(['LAST_ADMIN_KEY', null])
  }
})

test('an id that is none says so, and one that nobody has is unknown', async () => {
  for (const method of ['RotateKey', 'RevokeKey']) {
    expect(await ask(method, { keyId: 'uf_write_x' })).toMatchObject({ error: 'PARAMETER_INVALID' })
    expect(await ask(method, { keyId: randomUUID() })).toMatchObject({ status: 404, error: 'UNKNOWN_ID' })
  }
  for (const siteId of [2_147_483_647, 4_294_967_295]) {
    expect(await ask('CreateKey', { siteId, kind: 'KEY_KIND_WRITE' })).toMatchObject({ error: 'UNKNOWN_ID' })
    expect(await ask('ListKeys', { siteId })).toMatchObject({ error: 'UNKNOWN_ID' })
    expect(await ask('UpdateSite', { siteId })).toMatchObject({ error: 'UNKNOWN_ID' })
  }
})
