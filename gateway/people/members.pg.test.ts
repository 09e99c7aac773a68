import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { newCompany } from '../admin/admin.case.ts'
import { asPage, newPerson, password, signedIn } from './people.case.ts'

let it: TestGateway
let companyId: number
let siteId: number
let secret: string
let admin: { token: string; personId: string; email: string }
beforeAll(async () => {
  it = await startTestGateway()
  ;({ companyId, siteId, secret } = await newCompany(it.db))
  const person = await newPerson(it.db, { [companyId]: 'admin' })
  admin = { ...person, token: (await signedIn(it.http, person.email)).token }
})
afterAll(() => it[Symbol.asyncDispose]())

const ask = (rpc: string, request: object = {}, as: string | undefined = admin.token) =>
  asPage(it.http, rpc.includes('.') ? rpc : `PeopleService.${rpc}`, { as, request })
const open = (rpc: string, request: object) => asPage(it.http, `PeopleService.${rpc}`, { request })
const invite = async (email: string, role = 'ROLE_VIEWER') => {
  const { json } = await ask('InviteMember', { email, role })
  return {
    id: json.invitation.invitationId as string,
    token: String(json.link).split('#')[1]!,
    link: json.link as string,
  }
}
const within = { timeout: 6_000, interval: 100 }

test('an invitation is a link that makes a member once, with a password that is fit', async () => {
  const { link, token } = await invite('Bob@Example.com', 'ROLE_EDITOR')
  expect(link).toMatch(new RegExp(`^${it.http}/join#[\\w-]{43}$`))
  expect((await open('ReadInvitation', { token })).json).toMatchObject({
    email: 'bob@example.com',
    role: 'ROLE_EDITOR',
    known: false,
  })
  const accept = (more: object) => open('AcceptInvitation', { token, password, name: 'Bob', ...more })
  expect((await accept({ password: 'password123' })).error).toBe('PARAMETER_INVALID')
  expect((await accept({ name: ' ' })).error).toBe('PARAMETER_INVALID')
  const answers = await Promise.all([accept({}), accept({})])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404])
  const joined = answers.find(({ status }) => status === 200)!
  expect(joined.json.access).toMatchObject({ person: { name: 'Bob' }, membership: { companyId, role: 'ROLE_EDITOR' } })
  expect(joined.cookie).toMatch(/^userflow_refresh=/)
  expect((await ask('Me', {}, joined.token)).json.person.email).toBe('bob@example.com')
  expect((await open('ReadInvitation', { token })).error).toBe('INVITATION_ENDED')
  expect((await ask('InviteMember', { email: 'bob@example.com', role: 'ROLE_ADMIN' })).error).toBe('ALREADY_MEMBER')
})

test('somebody who has a password here joins with that one and no other', async () => {
  const other = await newCompany(it.db)
  const { email, personId } = await newPerson(it.db, { [other.companyId]: 'admin' })
  const { token } = await invite(email)
  expect((await open('ReadInvitation', { token })).json.known).toBe(true)
  const wrong = await open('AcceptInvitation', { token, password: 'nine yellow umbrellas', name: 'Eve' })
  expect(wrong.error).toBe('SIGN_IN_REFUSED')
  const joined = await open('AcceptInvitation', { token, password })
  expect(joined.json.access).toMatchObject({ person: { personId, name: 'Ada' }, membership: { companyId } })
})

test('an invitation that is taken back, replaced or too old is none', async () => {
  const first = await invite('carol@example.com')
  const second = await invite('carol@example.com')
  const third = await invite('dan@example.com')
  const list = async () =>
    ((await ask('ListMembers')).json.invitations as { email: string }[]).map(({ email }) => email).sort()
  expect(await list()).toEqual(['carol@example.com', 'dan@example.com'])
  await ask('RevokeInvitation', { invitationId: second.id })
  await it.db.query('update invitation set expires_at = now() where invitation_id = $1', [third.id])
  for (const { token } of [first, second, third, { token: '' }, { token: 'x\0' }]) {
    expect((await open('AcceptInvitation', { token, password, name: 'X' })).error).toBe('INVITATION_ENDED')
  }
  expect(await list()).toEqual([])
})

test('a changed role and an ended membership hold within five seconds', async () => {
  const { email, personId } = await newPerson(it.db, { [companyId]: 'editor' })
  const { token, cookie } = await signedIn(it.http, email)
  const sites = async () => (await ask('AdminService.CreateSite', { name: 'x', kind: 'SITE_KIND_WEB' }, token)).error
  const read = async () => (await ask('AdminService.ListSites', {}, token)).error
  expect(await sites()).toBe('ROLE_TOO_LOW')
  expect((await ask('ChangeRole', { personId, role: 'ROLE_ADMIN' })).json.member).toMatchObject({ role: 'ROLE_ADMIN' })
  await expect.poll(sites, within).toBeNull()
  await ask('ChangeRole', { personId, role: 'ROLE_VIEWER' })
  await expect.poll(sites, within).toBe('ROLE_TOO_LOW')
  expect(await read()).toBeNull()
  expect((await ask('RemoveMember', { personId })).status).toBe(200)
  await expect.poll(read, within).toBe('TOKEN_ENDED')
  expect((await asPage(it.http, 'PeopleService.Refresh', { cookie })).error).toBe('SIGNED_OUT')
  expect((await open('SignIn', { email, password })).error).toBe('SIGN_IN_REFUSED')
})

test('the last admin stays one, also when two try to leave at the same time', async () => {
  const alone = await newCompany(it.db)
  const people = [
    await newPerson(it.db, { [alone.companyId]: 'admin' }),
    await newPerson(it.db, { [alone.companyId]: 'admin' }),
  ]
  const gone = await Promise.all([
    ask('RemoveMember', { personId: people[0]!.personId }, alone.secret),
    ask('ChangeRole', { personId: people[1]!.personId, role: 'ROLE_VIEWER' }, alone.secret),
  ])
  expect(gone.map(({ error }) => error).sort()).toEqual(['LAST_ADMIN', null].sort())
})

test('every change is noted with who, what, on what and what became of it, and no secret is', async () => {
  const made = await ask('AdminService.CreateKey', { siteId, kind: 'KEY_KIND_WRITE', label: 'pages' })
  await ask('AdminService.RevokeKey', { keyId: made.json.key.keyId }, secret)
  await ask('RevokeInvitation', { invitationId: '00000000-0000-4000-8000-000000000000' })
  const { token } = await invite('erin@example.com')
  const { json } = await ask('ListAudit', { limit: 4 })
  expect(json.entries).toMatchObject([
    { rpc: 'PeopleService.InviteMember', who: admin.email, personId: admin.personId, outcome: 'done' },
    { rpc: 'PeopleService.RevokeInvitation', outcome: 'UNKNOWN_ID' },
    { rpc: 'AdminService.RevokeKey', personId: '', who: secret.slice(0, 22), address: '127.0.0.0' },
    { rpc: 'AdminService.CreateKey', who: admin.email },
  ])
  expect(json.entries[0].target).toMatch(/^email erin@example\.com, role ROLE_VIEWER, invitation_id [\w-]{36}$/)
  expect(json.entries[3].target).toContain(
    `site_id ${siteId}, kind KEY_KIND_WRITE, label pages, key_id ${made.json.key.keyId}`,
  )
  const next = await ask('ListAudit', { limit: 4, beforeAuditId: json.nextBeforeAuditId })
  expect(BigInt(next.json.entries[0].auditId)).toBeLessThan(BigInt(json.entries[3].auditId))
  const all = JSON.stringify(await it.db.query('select * from audit_log'))
  for (const one of [token, made.json.secret, secret, password]) expect(all).not.toContain(one)
})

test('nothing is changed where it cannot be noted', async () => {
  const sites = () => it.db.query('select count(*) from site where company_id = $1', [companyId])
  const before = await sites()
  await it.db.query('alter table audit_log rename to gone')
  try {
    const { status } = await ask('AdminService.CreateSite', { name: 'x', kind: 'SITE_KIND_WEB' })
    expect(status).toBe(500)
  } finally {
    await it.db.query('alter table gone rename to audit_log')
  }
  expect(await sites()).toEqual(before)
})
