import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AdminService } from '../../proto/gen/userflow/v1/admin_pb.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { answered, asking, everyRequest, newCompany } from './admin.case.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

const rowsOf = (companyId: number) =>
  it.db.query<{ rows: unknown }>(
    `select (select jsonb_agg(to_jsonb(s) order by site_id) from site s where company_id = $1) as sites,
            (select jsonb_agg(to_jsonb(k) - 'last_used_at' order by key_id) from api_key k where company_id = $1) as keys`,
    [companyId],
  )

test('the requests of these tests are all there are', () => {
  expect(everyRequest(1, '').map(([method]) => method)).toEqual(AdminService.methods.map(({ name }) => name))
})

test("another company's ids are answered as those that do not exist, and nothing of it is shown or changed", async () => {
  const [theirs, own] = [await newCompany(it.db), await newCompany(it.db)]
  const ask = asking(it, own.secret)
  const before = await rowsOf(theirs.companyId)
  const nobodys = everyRequest(2_000_000_000, randomUUID())
  for (const [at, [method, request]] of everyRequest(theirs.siteId, theirs.keyId).entries()) {
    const answer = await ask(method, request)
    expect(JSON.stringify(answer.json), method).not.toMatch(new RegExp(theirs.keyId))
    if (method === 'ListSites') expect(answer.json.sites).toMatchObject([{ siteId: own.siteId }])
    else if (method === 'CreateSite') expect(answer.json.site.name).toBe('x')
    else {
      expect(answer, method).toMatchObject({ status: 404, error: 'UNKNOWN_ID' })
      expect(answer.json, method).toEqual((await ask(method, nobodys[at]?.[1])).json)
    }
  }
  expect((await answered(ask('ListKeys', { includeEnded: true }))).keys).toMatchObject([{ keyId: own.keyId }])
  expect(await rowsOf(theirs.companyId)).toEqual(before)
})

test.each(everyRequest(1, randomUUID()))('%s is refused to whoever has no admin key', async (method, request) => {
  const { secret } = await newCompany(it.db, ['ingest', 'read'])
  expect(await asking(it, it.writeKey)(method, request)).toMatchObject({ status: 403, error: 'KEY_NOT_ALLOWED' })
  expect(await asking(it, secret)(method, request)).toMatchObject({ status: 403, error: 'KEY_NOT_ALLOWED' })
  expect(await asking(it, 'uf_secret_nobody')(method, request)).toMatchObject({ status: 401, error: 'KEY_UNKNOWN' })
  expect(await asking(it, '')(method, request)).toMatchObject({ status: 401, error: 'KEY_MISSING' })
})

test('a page of another origin cannot use an admin key', async () => {
  const { secret } = await newCompany(it.db)
  const response = await fetch(`${it.http}/userflow.v1.AdminService/ListSites`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': secret, origin: 'https://evil.example' },
    body: '{}',
  })
  expect([response.status, response.headers.get('x-userflow-error')]).toEqual([403, 'KEY_NOT_ALLOWED'])
})
