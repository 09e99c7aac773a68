import { expect, test } from 'vitest'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { installKeys } from './bootstrap.ts'

const keys = { writeKey: 'a-write-key-of-my-own', secretKey: 'a-secret-key-of-my-own' }

test('sites and keys are made once, and a start after their change makes none again', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await installKeys(db, keys)
  const rows = () =>
    db.query(
      `select name, k.kind, scopes, prefix, revoked_at is null as lasts
         from site join api_key k using (company_id, site_id) order by name`,
    )
  const first = await rows()
  expect(first).toEqual([
    { name: 'Server', kind: 'secret', scopes: ['ingest', 'read', 'admin'], prefix: 'a-sec', lasts: true },
    { name: 'Website', kind: 'write', scopes: ['ingest'], prefix: 'a-wri', lasts: true },
  ])
  await installKeys(db, keys)
  expect(await rows()).toEqual(first)

  await db.query(`update site set name = 'Shop', ip_mode = 'none' where name = 'Website'`)
  await db.query(`update api_key set revoked_at = now() where kind = 'write'`)
  await installKeys(db, keys)
  expect(await db.query('select name from site order by name')).toEqual([{ name: 'Server' }, { name: 'Shop' }])
  expect((await rows())[1]).toMatchObject({ name: 'Shop', lasts: false })
})

test('another key is given its site, and what is there stays', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await installKeys(db, keys)
  await installKeys(db, { ...keys, secretKey: 'another-secret-key' })
  expect(await db.query('select count(*)::int as sites from site')).toEqual([{ sites: 2 }])
  expect(await db.query('select count(*)::int as keys from api_key')).toEqual([{ keys: 3 }])
})
