import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { asPage, newCompanyId, newPerson, password, signedIn } from './people.case.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

const ask = (rpc: string, more: Parameters<typeof asPage>[2] = {}) => asPage(it.http, `PeopleService.${rpc}`, more)

test('who signs in gets a token for a quarter of an hour and a cookie that only Refresh is sent', async () => {
  const companyId = await newCompanyId(it.db, 'Ada’s')
  const { email, personId } = await newPerson(it.db, { [companyId]: 'editor' })
  const answer = await ask('SignIn', { request: { email: ` ${email.toUpperCase()} `, password } })
  expect(answer.status).toBe(200)
  expect(answer.json.access).toMatchObject({
    person: { personId, email, name: 'Ada', mustChangePassword: false },
    membership: { companyId, companyName: 'Ada’s', role: 'ROLE_EDITOR' },
  })
  const lastsMs = Date.parse(answer.json.access.expiresAt) - Date.now()
  expect(lastsMs).toBeGreaterThan(800_000)
  expect(lastsMs).toBeLessThanOrEqual(900_000)
  expect(answer.set).toMatch(
    /^userflow_refresh=[\w-]{43}; Path=\/userflow\.v1\.PeopleService\/Refresh; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
  )
  const me = await ask('Me', { as: answer.token! })
  expect(me.json).toMatchObject({ person: { personId }, membership: { companyId }, memberships: [{ companyId }] })
  const stored = await it.db.query(
    'select to_jsonb(p)::text || to_jsonb(t)::text as all from person p, refresh_token t',
  )
  expect(JSON.stringify(stored)).not.toContain(password)
  expect(JSON.stringify(stored)).not.toContain(answer.cookie!.split('=')[1])
})

test('the cookie is secure wherever it is not this machine that is called', async () => {
  const { email } = await newPerson(it.db, { [await newCompanyId(it.db)]: 'viewer' })
  const call = (host: string) =>
    ask('SignIn', { request: { email, password }, headers: { 'x-forwarded-host': host, origin: it.http } })
  expect((await call('a.example')).set).not.toContain('Secure')
  const { setRefreshToken } = await import('./cookie.ts')
  const cookies: string[] = []
  for (const host of ['shop.example', '127.0.0.1.evil.example:80', '', 'localhost:8080', '[::1]:8080']) {
    setRefreshToken({ host, setCookie: (cookie: string) => cookies.push(cookie) } as never, 'x')
  }
  expect(cookies.map((cookie) => cookie.endsWith('; Secure'))).toEqual([true, true, true, false, false])
})

test('a wrong password, an unknown address and a person without a company are refused in the same words', async () => {
  const { email } = await newPerson(it.db, { [await newCompanyId(it.db)]: 'viewer' })
  const { email: alone } = await newPerson(it.db, {})
  const answers = await Promise.all([
    ask('SignIn', { request: { email, password: `${password}!` } }),
    ask('SignIn', { request: { email: 'nobody@example.com', password } }),
    ask('SignIn', { request: { email: 'a\0b', password: '' } }),
    ask('SignIn', { request: { email: alone, password } }),
    ask('SignIn', { request: { email, password: 'x'.repeat(100_000) } }),
  ])
  for (const { status, error, json, set } of answers) {
    expect([status, error, json, set]).toEqual([401, 'SIGN_IN_REFUSED', answers[0]!.json, undefined])
  }
})

test('an account that is guessed at is closed for a while, and tells when it opens', async () => {
  const { email } = await newPerson(it.db, { [await newCompanyId(it.db)]: 'viewer' })
  const guess = () =>
    ask('SignIn', { request: { email, password: 'wrong' }, headers: { 'x-forwarded-for': '203.0.113.9' } })
  const codes: (string | null)[] = []
  for (let nth = 0; nth < 11; nth++) codes.push((await guess()).error)
  expect(codes).toEqual([...Array(10).fill('SIGN_IN_REFUSED'), 'SIGN_IN_LIMITED'])
  const closed = await ask('SignIn', { request: { email, password } })
  expect([closed.status, closed.error]).toEqual([429, 'SIGN_IN_LIMITED'])
  expect(Number(closed.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('a hash of an older cost is made anew at the next sign-in', async () => {
  const { email, personId } = await newPerson(it.db, { [await newCompanyId(it.db)]: 'viewer' })
  const kept = async () =>
    (
      await it.db.query<{ hash: string }>('select password_hash as hash from person where person_id = $1', [personId])
    )[0]?.hash
  expect(await kept()).toMatch(/^scrypt\$4\$8\$1\$/)
  await signedIn(it.http, email)
  expect(await kept()).toMatch(/^scrypt\$17\$8\$1\$/)
  await signedIn(it.http, email)
})

test('a token that is changed, of another key, without a signature or too long is none', async () => {
  const { email } = await newPerson(it.db, { [await newCompanyId(it.db)]: 'admin' })
  const { token } = await signedIn(it.http, email)
  const [head, body, mark] = token.split('.') as [string, string, string]
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const changed = Buffer.from(JSON.stringify({ ...claims, cid: claims.cid + 1 })).toString('base64url')
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  const otherKey = Buffer.from('{"alg":"EdDSA","kid":"nobody"}').toString('base64url')
  const bad = [
    `${head}.${changed}.${mark}`,
    `${none}.${body}.${mark}`,
    `${otherKey}.${body}.${mark}`,
    `${token}${'A'.repeat(2_000)}`,
  ]
  for (const one of bad) expect([one, (await ask('Me', { as: one })).error]).toEqual([one, 'TOKEN_ENDED'])
  expect((await ask('Me', { as: token })).status).toBe(200)
  expect((await ask('Me')).error).toBe('SIGNED_OUT')
  expect((await ask('Me', { as: it.secretKey })).error).toBe('KEY_NOT_ALLOWED')
})

test('people are served only to pages of the gateway itself', async () => {
  const { email } = await newPerson(it.db, { [await newCompanyId(it.db)]: 'admin' })
  const { token, cookie } = await signedIn(it.http, email)
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: it.http.replace(/\d+$/, '1') },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]
  for (const headers of foreign) {
    const asked = [
      await ask('SignIn', { request: { email, password }, headers }),
      await ask('Refresh', { cookie, headers }),
      await ask('Me', { as: token, headers }),
      await asPage(it.http, 'AdminService.ListSites', { as: token, headers }),
    ]
    for (const { status, error, set } of asked) {
      expect([status, error, set]).toEqual([403, 'PAGE_NOT_ALLOWED', undefined])
    }
  }
  // A form, and a request without the header that no form can send.
  const form = await fetch(`${it.http}/userflow.v1.PeopleService/Refresh`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'text/plain' },
    body: '{}',
  })
  expect([form.status, form.headers.get('set-cookie')]).toEqual([415, null])
  expect((await ask('Refresh', { cookie, headers: { 'connect-protocol-version': '' } })).error).toBe('PAGE_NOT_ALLOWED')
  const preflight = await fetch(`${it.http}/userflow.v1.PeopleService/Refresh`, { method: 'OPTIONS' })
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null])
  expect((await ask('Refresh', { cookie })).status).toBe(200)
})
