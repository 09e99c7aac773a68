import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { asPage, newCompanyId, newPerson, password, signedIn } from './people.case.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

const refresh = (cookie: string, request: object = {}) => asPage(it.http, 'PeopleService.Refresh', { cookie, request })
const me = (token: string) => asPage(it.http, 'PeopleService.Me', { as: token })

/** Somebody new, signed in once. */
async function somebody() {
  const companyId = await newCompanyId(it.db)
  const person = await newPerson(it.db, { [companyId]: 'viewer' })
  return { ...person, companyId, ...(await signedIn(it.http, person.email)) }
}

/** As if all that was used had been used so many seconds ago. */
const later = (personId: string, seconds: number) =>
  it.db.query(
    `update refresh_token t set used_at = used_at - make_interval(secs => $2)
      from sign_in s where s.sign_in_id = t.sign_in_id and s.person_id = $1`,
    [personId, seconds],
  )

const families = (personId: string) =>
  it.db.query<{ unused: number; why: string | null }>(
    `select ended_why as why, (select count(*)::int from refresh_token t where t.sign_in_id = s.sign_in_id and used_at is null) as unused
       from sign_in s where person_id = $1`,
    [personId],
  )

test('each refresh answers with a token that works and a cookie that is another', async () => {
  const { cookie, personId } = await somebody()
  const seen = new Set([cookie])
  let current = cookie
  for (let nth = 0; nth < 3; nth++) {
    const answer = await refresh(current)
    expect(answer.set).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect((await me(answer.token!)).json).toMatchObject({ person: { personId } })
    current = answer.cookie!
    seen.add(current)
  }
  expect(seen.size).toBe(4)
  expect(await families(personId)).toEqual([{ why: null, unused: 1 }])
})

test('a refresh token used twice ends the family: the thief, the owner and every token of theirs', async () => {
  const { cookie, personId } = await somebody()
  const owner = await refresh(cookie)
  await later(personId, 11)
  const thief = await refresh(cookie)
  expect([thief.status, thief.error, thief.set]).toEqual([401, 'SIGNED_OUT', undefined])
  expect((await refresh(owner.cookie!)).error).toBe('SIGNED_OUT')
  expect(await families(personId)).toMatchObject([{ why: 'token_reused' }])
  await expect.poll(async () => (await me(owner.token!)).error, { timeout: 6_000 }).toBe('TOKEN_ENDED')
  const log = await it.db.query(`select rpc, outcome from audit_log where person_id = $1 order by audit_id`, [personId])
  expect(log).toEqual([
    { rpc: 'PeopleService.SignIn', outcome: 'done' },
    { rpc: 'PeopleService.Refresh', outcome: 'SIGNED_OUT' },
  ])
})

test('tabs that refresh at the same time get the same successor, and none is signed out', async () => {
  const { cookie, personId } = await somebody()
  const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(cookie)))
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200))
  expect(new Set(answers.map((one) => one.cookie)).size).toBe(1)
  // One of them is reloaded while a request of another with the oldest cookie is still on its way.
  const next = await refresh(answers[0]!.cookie!)
  const late = await refresh(cookie)
  expect([late.status, late.cookie]).toEqual([200, next.cookie])
  expect(await families(personId)).toEqual([{ why: null, unused: 1 }])
  await later(personId, 11)
  expect((await refresh(next.cookie!)).status).toBe(200)
})

test('a cookie of chance, of another name or of an ended sign-in is none', async () => {
  const { cookie, token, personId } = await somebody()
  const { set, status } = await asPage(it.http, 'PeopleService.SignOut', { as: token })
  expect([status, set]).toEqual([
    200,
    'userflow_refresh=; Path=/userflow.v1.PeopleService/Refresh; Max-Age=0; HttpOnly; SameSite=Strict',
  ])
  for (const one of [cookie, `userflow_refresh=${'A'.repeat(43)}`, 'userflow_refresh=', cookie.replace('_', '-'), '']) {
    expect([one, (await refresh(one)).error]).toEqual([one, 'SIGNED_OUT'])
  }
  await expect.poll(async () => (await me(token)).error, { timeout: 6_000 }).toBe('TOKEN_ENDED')
  expect(await families(personId)).toMatchObject([{ why: 'signed_out' }])
})

test('a sign-in that is not used for thirty days ends', async () => {
  const { cookie, personId } = await somebody()
  await it.db.query(
    `update refresh_token t set expires_at = now() from sign_in s where s.sign_in_id = t.sign_in_id and s.person_id = $1`,
    [personId],
  )
  expect((await refresh(cookie)).error).toBe('SIGNED_OUT')
  expect(await families(personId)).toMatchObject([{ why: 'expired' }])
})

test('signing out everywhere ends every sign-in, here and in another browser', async () => {
  const { email, token, cookie } = await somebody()
  const other = await signedIn(it.http, email)
  expect((await asPage(it.http, 'PeopleService.SignOutEverywhere', { as: token })).json).toEqual({ ended: 2 })
  for (const one of [cookie, other.cookie]) expect((await refresh(one)).error).toBe('SIGNED_OUT')
  await expect.poll(async () => (await me(other.token)).error, { timeout: 6_000 }).toBe('TOKEN_ENDED')
})

test('a new password ends the other sign-ins and goes on with this one', async () => {
  const { email, token, cookie } = await somebody()
  const other = await signedIn(it.http, email)
  const change = (request: object) => asPage(it.http, 'PeopleService.ChangePassword', { as: token, request })
  const newPassword = 'nine yellow umbrellas'
  expect((await change({ oldPassword: 'wrong wrong', newPassword })).error).toBe('SIGN_IN_REFUSED')
  for (const bad of ['short', 'password123', 'aaaaaaaaaaaa', 'qwertyuiop!1', email, 'x'.repeat(201)]) {
    const refused = await change({ oldPassword: password, newPassword: bad })
    expect([bad, refused.error]).toEqual([bad, 'PARAMETER_INVALID'])
    expect(refused.json.message).not.toContain(bad)
  }
  expect((await change({ oldPassword: password, newPassword })).json).toEqual({ ended: 1 })
  expect((await refresh(other.cookie)).error).toBe('SIGNED_OUT')
  expect((await refresh(cookie)).status).toBe(200)
  const signIn = (request: object) => asPage(it.http, 'PeopleService.SignIn', { request })
  expect((await signIn({ email, password })).error).toBe('SIGN_IN_REFUSED')
  expect((await signIn({ email, password: newPassword })).status).toBe(200)
  const log = JSON.stringify(await it.db.query('select * from audit_log'))
  expect(log).toContain('PeopleService.ChangePassword')
  for (const secret of [password, newPassword]) expect(log).not.toContain(secret)
})

test('a person of two companies changes between them, and stays where they were', async () => {
  const { personId, companyId, cookie } = await somebody()
  const second = await newCompanyId(it.db, 'A second one')
  const foreign = await newCompanyId(it.db, 'Not theirs')
  await it.db.query(`insert into membership values ($1, $2, 'admin')`, [second, personId])
  expect((await refresh(cookie, { companyId: foreign })).error).toBe('UNKNOWN_ID')
  const changed = await refresh((await refresh(cookie)).cookie!, { companyId: second })
  expect(changed.json.access.membership).toMatchObject({ companyId: second, role: 'ROLE_ADMIN' })
  const mine = (await me(changed.token!)).json
  expect(mine.membership.companyId).toBe(second)
  expect(mine.memberships.map((one: { companyId: number }) => one.companyId).sort()).toEqual([companyId, second].sort())
  expect((await refresh(changed.cookie!)).json.access.membership.companyId).toBe(second)
})
