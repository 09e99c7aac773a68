import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPasswords } from '../../gateway/people/password.ts'
import { ConfigError } from '../../runtime/env.ts'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { runMembers } from '../admin/members.ts'
import { installKeys } from './bootstrap.ts'
import { readStartConfig } from './config.ts'
import { installAdmin } from './first-admin.ts'

const passwords = createPasswords({ logN: 4, blockSize: 8, parallel: 1 })
const opened = new AsyncDisposableStack()
let db: Database
beforeAll(async () => {
  db = opened.use(testDatabase(opened.use(await freshDatabase()).url))
  await installKeys(db, {})
})
afterAll(() => opened.disposeAsync())

const people = () =>
  db.query<{ email: string; hash: string }>(
    `select p.email, m.role, p.must_change_password as must, p.password_hash as hash
       from person p join membership m using (person_id) order by p.email`,
  )
const fits = async (email: string, password: string) => {
  const kept = (await people()).find((one) => one.email === email)?.hash
  return (await passwords.verify(password, kept)).fits
}
const nothing = { adminEmail: undefined, adminPassword: undefined }

test('the first start makes up a password that it tells once and keeps nowhere, and the next makes none', async () => {
  const [made, raced] = await Promise.all([installAdmin(db, nothing, passwords), installAdmin(db, nothing, passwords)])
  const only = made ?? raced
  expect([made, raced].filter(Boolean)).toHaveLength(1)
  expect(only).toEqual({ email: 'admin@localhost', password: expect.stringMatching(/^([a-z2-9]{4}-){5}[a-z2-9]{4}$/) })
  expect(await people()).toMatchObject([{ email: 'admin@localhost', role: 'admin', must: true }])
  expect(await fits('admin@localhost', only!.password)).toBe(true)
  expect(JSON.stringify(await people())).not.toContain(only!.password)
  expect(await installAdmin(db, nothing, passwords)).toBeUndefined()
})

test('an admin that is named is made beside those there are, and a later start leaves their password alone', async () => {
  const given = { adminEmail: 'Ada@Example.com', adminPassword: 'seven green bicycles' }
  expect(await installAdmin(db, given, passwords)).toBeUndefined()
  expect(await people()).toMatchObject([{ email: 'ada@example.com', role: 'admin', must: false }, {}])
  await installAdmin(db, { ...given, adminPassword: 'another good password' }, passwords)
  expect(await fits('ada@example.com', 'seven green bicycles')).toBe(true)
  await expect(installAdmin(db, { ...given, adminPassword: 'password123' }, passwords)).rejects.toThrow('would guess')
})

test('a start says what is wrong with the address and the password, and does not repeat the password', () => {
  const read = () => readStartConfig({ BOOTSTRAP_ADMIN_EMAIL: 'nobody', BOOTSTRAP_ADMIN_PASSWORD: 'hunter2' })
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(/BOOTSTRAP_ADMIN_EMAIL.*\n.*BOOTSTRAP_ADMIN_PASSWORD/)
  expect(read).not.toThrow(/hunter2/)
})

test('an operator gives a new password for a lost one, which ends what was signed in with the old one', async () => {
  const email = 'ada@example.com'
  await db.query(
    `insert into sign_in (person_id, chosen_company_id, address, user_agent)
     select person_id, company_id, '', '' from person join membership using (person_id)`,
  )
  const { json } = await runMembers(db, 'members password', { email })
  expect(await fits(email, (json as { password: string }).password)).toBe(true)
  const ended = await db.query(
    'select p.email, s.ended_why as why from sign_in s join person p using (person_id) order by p.email',
  )
  expect(ended).toEqual([
    { email, why: 'password_changed' },
    { email: 'admin@localhost', why: null },
  ])
  await expect(runMembers(db, 'members password', { email: 'nobody@example.com' })).rejects.toThrow('No member')
})

test('an operator adds and removes members, and the audit log says so', async () => {
  const email = 'bob@example.com'
  const added = await runMembers(db, 'members add', { email, role: 'viewer' })
  expect(await fits(email, (added.json as { password: string }).password)).toBe(true)
  const again = await runMembers(db, 'members add', { email, role: 'editor' })
  expect(again.lines).toEqual([`${email} has a password already, and is editor now.`])
  expect((await runMembers(db, 'members list', {})).lines).toContainEqual(expect.stringContaining(`${email}  editor`))
  await runMembers(db, 'members remove', { email })
  expect((await people()).map((one) => one.email)).toEqual(['ada@example.com', 'admin@localhost'])
  const log = await db.query(
    `select rpc, target, who, outcome from audit_log where target like 'email bob%' order by audit_id`,
  )
  expect(log).toMatchObject([
    { rpc: 'members add', target: 'email bob@example.com, role viewer', who: 'operator', outcome: 'done' },
    { rpc: 'members add' },
    { rpc: 'members remove' },
  ])
})
