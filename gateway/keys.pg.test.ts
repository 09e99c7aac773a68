import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Database } from '../sql/database.ts'
import { freshDatabase, testDatabase } from '../test/support/postgres.ts'
import { createKeys } from './keys.ts'

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** A database with one site and the write key "secret-1", and a clock of its own. */
async function withKey() {
  const fresh = await freshDatabase()
  const db = testDatabase(fresh.url)
  const [company] = await db.query<{ company_id: number }>(
    `insert into company (name) values ('c') returning company_id`,
  )
  const [site] = await db.query<{ site_id: number }>(
    `insert into site (company_id, name, kind, allowed_origins, ip_mode)
     values ($1, 's', 'web', '{https://example.com}', 'full') returning site_id`,
    [company!.company_id],
  )
  const place = { companyId: company!.company_id, siteId: site!.site_id }
  await addKey(db, place, 'secret-1')
  const clock = { nowMs: Date.now() }
  const keys = createKeys(db, { maxAgeMs: 5_000, maxEntries: 3, now: () => clock.nowMs })
  return {
    db,
    keys,
    place,
    clock,
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]()
      await fresh[Symbol.asyncDispose]()
    },
  }
}

async function addKey(db: Database, place: { companyId: number; siteId: number }, secret: string): Promise<void> {
  await db.query(
    `insert into api_key (key_hash, prefix, company_id, site_id, kind) values ($1, 'uf_w_1', $2, $3, 'write')`,
    [hashOf(secret), place.companyId, place.siteId],
  )
}

test('a key is found by its text and tells company, site and what the site allows', async () => {
  await using it = await withKey()
  expect(await it.keys.find('secret-1')).toEqual({
    keyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    kind: 'write',
    ...it.place,
    allowedOrigins: ['https://example.com'],
    privacy: { ipMode: 'full', cookieless: false, deniedProperties: [], respectDoNotTrack: false },
    scopes: ['ingest'],
  })
  expect(await it.keys.find('secret-2')).toBeUndefined()
})

test('a revoked key ends within the greatest age of an answer', async () => {
  await using it = await withKey()
  expect(await it.keys.find('secret-1')).toBeDefined()
  await it.db.query('update api_key set revoked_at = now()')
  it.clock.nowMs += 5_001
  expect(await it.keys.find('secret-1')).toBeUndefined()
})

test('an expiry, or a revocation planned for a rotation, holds to the moment, also for a remembered key', async () => {
  await using it = await withKey()
  for (const column of ['expires_at', 'revoked_at']) {
    await it.db.query(`update api_key set expires_at = null, revoked_at = null`)
    await it.db.query(`update api_key set ${column} = now() + interval '1 hour'`)
    const keys = createKeysAt(it.db, it.clock)
    const endsAtMs = (await keys.find('secret-1'))!.expiresAtMs!
    expect(endsAtMs - it.clock.nowMs).toBeGreaterThan(3_500_000)
    it.clock.nowMs = endsAtMs - 1
    expect(await keys.find('secret-1')).toBeDefined()
    it.clock.nowMs = endsAtMs
    expect(await keys.find('secret-1')).toBeUndefined()
    it.clock.nowMs = Date.now()
  }
})

const createKeysAt = (db: Database, clock: { nowMs: number }) =>
  createKeys(db, { maxAgeMs: 5_000, maxEntries: 3, now: () => clock.nowMs })

test('a new key works within a second, although it was asked for before', async () => {
  await using it = await withKey()
  expect(await it.keys.find('secret-2')).toBeUndefined()
  await addKey(it.db, it.place, 'secret-2')
  it.clock.nowMs += 1_001
  expect(await it.keys.find('secret-2')).toBeDefined()
})

test('while Postgres is away a known key works for ten minutes, and an unknown one is not called wrong', async () => {
  await using it = await withKey()
  expect(await it.keys.find('secret-1')).toBeDefined()
  await it.db.query('alter table api_key rename to hidden; alter table settings_version rename to hidden_version')
  it.clock.nowMs += 600_000
  expect(await it.keys.find('secret-1')).toBeDefined()
  await expect(it.keys.find('secret-2')).rejects.toThrow('Postgres does not answer')
  it.clock.nowMs += 1
  await expect(it.keys.find('secret-1')).rejects.toThrow('Postgres does not answer')
  await it.db.query('alter table hidden rename to api_key; alter table hidden_version rename to settings_version')
  it.clock.nowMs += 1_001
  expect(await it.keys.find('secret-1')).toBeDefined()
})

test('unknown keys do not push out known ones, and what is remembered is bounded', async () => {
  await using it = await withKey()
  await it.keys.find('secret-1')
  for (let at = 0; at < 20; at++) await it.keys.find(`guess-${at}`)
  await it.db.query('alter table api_key rename to hidden')
  expect(await it.keys.find('secret-1')).toBeDefined()
  await expect(it.keys.find('guess-0')).rejects.toThrow()
  expect(await it.keys.find('secret-1')).toBeDefined()
})

test('requests at the same time ask once', async () => {
  await using it = await withKey()
  let asked = 0
  const counting: Pick<Database, 'query'> = {
    query: (text, values) => {
      if (text.startsWith('select')) asked++
      return it.db.query(text, values)
    },
  }
  const keys = createKeys(counting, { maxAgeMs: 1_000, maxEntries: 10 })
  const found = await Promise.all(Array.from({ length: 50 }, () => keys.find('secret-1')))
  expect(found.every((key) => key?.companyId === it.place.companyId)).toBe(true)
  expect(asked).toBe(1)
})

test('while nothing changes no key is asked for again, however many there are; a change of any is followed', async () => {
  await using it = await withKey()
  await addKey(it.db, it.place, 'secret-2')
  const asked: string[] = []
  const counting: Pick<Database, 'query'> = {
    query: (text, values) => {
      asked.push(text.includes('from settings_version') ? 'version' : text.includes('site s') ? 'key' : 'other')
      return it.db.query(text, values)
    },
  }
  const keys = createKeys(counting, { maxAgeMs: 5_000, maxEntries: 10, now: () => it.clock.nowMs })
  const findBoth = async () => [await keys.find('secret-1'), await keys.find('secret-2')]
  for (let at = 0; at < 3; at++, it.clock.nowMs += 5_001) await findBoth()
  asked.length = 0
  for (let at = 0; at < 20; at++, it.clock.nowMs += 5_001) {
    expect((await findBoth()).every((key) => key?.companyId === it.place.companyId)).toBe(true)
  }
  expect(asked.filter((what) => what === 'key')).toEqual([])
  expect(asked.filter((what) => what === 'version').length).toBeLessThanOrEqual(41)

  await it.db.query("update site set ip_mode = 'none'")
  it.clock.nowMs += 5_001
  expect((await findBoth()).map((key) => key?.privacy.ipMode)).toEqual(['none', 'none'])
  await it.db.query(`update api_key set revoked_at = now() where key_hash = $1`, [hashOf('secret-2')])
  it.clock.nowMs += 5_001
  expect((await findBoth()).map((key) => key === undefined)).toEqual([false, true])
  expect(asked.filter((what) => what === 'key')).toHaveLength(4)
})

test('use is noted in the database, without the request waiting for it', async () => {
  await using it = await withKey()
  await it.keys.find('secret-1')
  await expect
    .poll(async () => (await it.db.query<{ used: Date | null }>('select last_used_at as used from api_key'))[0]?.used, {
      timeout: 10_000,
    })
    .toBeInstanceOf(Date)
})
