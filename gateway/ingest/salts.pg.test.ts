import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { createSalts } from './salts.ts'

const noon = Date.UTC(2026, 10, 22, 12)
const dayMs = 86_400_000

test('all gateways have the same salt for a day, even when they ask at once, and another for the next', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  const salts = await Promise.all([1, 2, 3, 4].map(() => createSalts(db).of(noon)))
  expect(salts[0]).toHaveLength(32)
  for (const salt of salts) expect(Buffer.from(salt)).toEqual(Buffer.from(salts[0]!))
  expect(Buffer.from(await createSalts(db).of(noon + dayMs))).not.toEqual(Buffer.from(salts[0]!))
})

test('a salt two days old is deleted, so that no hash can be computed again', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  const salts = createSalts(db)
  await salts.of(noon)
  await salts.of(noon + 2 * dayMs)
  const rows = await db.query<{ day: string }>('select day::text as day from visitor_salt order by day')
  expect(rows.map((row) => row.day)).toEqual(['2026-11-23', '2026-11-24', '2026-11-25'])
})

test('midnight passes without Postgres, and longer it says so', async () => {
  await using fresh = await freshDatabase()
  const db = testDatabase(fresh.url)
  const salts = createSalts(db)
  const today = await salts.of(noon)
  await db[Symbol.asyncDispose]()
  expect(await salts.of(noon)).toBe(today)
  expect(await salts.of(noon + dayMs)).toHaveLength(32)
  await expect(salts.of(noon + 2 * dayMs)).rejects.toThrow('the visitor salt of 2026-11-24 could not be read')
})

test('after a failure the salt is found again once Postgres answers', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await db.query('alter table visitor_salt rename to hidden')
  const salts = createSalts(db)
  await expect(salts.of(noon)).rejects.toThrow()
  await db.query('alter table hidden rename to visitor_salt')
  await sleep(1_100)
  expect(await salts.of(noon)).toHaveLength(32)
})
