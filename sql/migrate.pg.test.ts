import { expect, test } from 'vitest'
import { freshDatabase, testDatabase } from '../test/support/postgres.ts'
import { migrate } from './migrate.ts'

test('a second run changes nothing', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  expect(await migrate(database)).toEqual({ migrations: [], replaced: [] })
})

test('a changed function is made anew, and nothing else', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  await database.query(`update schema_version set hash = 'old' where name = 'functions/take_over.sql'`)
  expect(await migrate(database)).toEqual({ migrations: [], replaced: ['functions/take_over.sql'] })
})

test('an edited migration is refused with a way out', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  await database.query(`update schema_version set hash = 'old' where name = 'migrations/0002_events.sql'`)
  await expect(migrate(database)).rejects.toThrow(/0002_events.sql was edited .* add a new file/)
})

test('a database of a later version is refused', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  await database.query(`insert into schema_version (name, hash) values ('migrations/9999_future.sql', 'x')`)
  await expect(migrate(database)).rejects.toThrow(/later version/)
})
