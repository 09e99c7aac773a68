import { createHash, randomUUID } from 'node:crypto'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import { newCompany } from '../admin/admin.case.ts'
import { everyRpc, nameOf } from '../every-rpc.case.ts'
import { asPage, newPerson, signedIn } from '../people/people.case.ts'
import { permissionOf } from '../permissions.ts'

let it: TestGateway
let own: Awaited<ReturnType<typeof newCompany>>
let other: Awaited<ReturnType<typeof newCompany>>
let secondSite: number
let editor: string
beforeAll(async () => {
  it = await startTestGateway()
  ;[own, other] = [await newCompany(it.db), await newCompany(it.db)]
  secondSite = (await ask('AdminService.CreateSite', own.secret, { name: 'second', kind: 'SITE_KIND_WEB' })).json.site
    .siteId
  const person = await newPerson(it.db, { [own.companyId]: 'editor' })
  editor = (await signedIn(it.http, person.email)).token
  await storeEvents(it.db, { events: visits() })
})
afterAll(() => it[Symbol.asyncDispose]())

const at = new Date(Date.now() - 120_000).toISOString()
const period = {
  from: new Date(Date.now() - 86_400_000).toISOString(),
  to: new Date(Date.now() + 60_000).toISOString(),
}

/** Of each site and country so many visitors, all different, so that a sum says which were counted. */
function visits() {
  const groups = [
    { site_id: own.siteId, country: 'DE', visitors: 1 },
    { site_id: own.siteId, country: 'AT', visitors: 2 },
    { site_id: secondSite, country: 'DE', visitors: 4 },
    { site_id: secondSite, country: 'AT', visitors: 8 },
  ]
  return groups.flatMap(({ visitors, ...where }) =>
    Array.from({ length: visitors }, () => {
      const id = randomUUID()
      return {
        ...where,
        ...{
          company_id: own.companyId,
          event_id: id,
          visitor_id: id,
          session_id: id,
          event_timestamp: at,
          received_at: at,
        },
        ...{
          page_url: `https://shop.example/${where.country}`,
          user_id: 'ada@example.com',
          metadata: { mail: 'ada@example.com' },
        },
      }
    }),
  )
}

const ask = (rpc: string, as: string | undefined, request: object = {}) => asPage(it.http, rpc, { as, request })
const fromGermany = { dimension: 'DIMENSION_COUNTRY', operator: 'FILTER_OPERATOR_IS', values: ['DE'] }
const ofProperty = { dimension: 'DIMENSION_PROPERTY', property: 'mail', operator: 'FILTER_OPERATOR_IS', values: ['x'] }
const usual = { name: 'For the board', path: '/overview', search: '?period=7d', lastsDays: 30 }
const make = async (more: object = {}, as = editor) => {
  const { json, error, status } = await ask('LinkService.CreateLink', as, { ...usual, ...more })
  const token = String(json.address).split('#')[1] ?? ''
  return { json, error, status, token, id: json.link?.linkId as string }
}
const visitors = async (token: string, more: object = {}) => {
  const { json, error } = await ask('AnalyticsService.Overview', token, { ...period, ...more })
  return error ?? json.visitors
}
const within = { timeout: 6_000, interval: 100 }

test('a link is shown once, kept as a hash, listed with its last use, and noted', async () => {
  const { json, token, id } = await make({ filters: [fromGermany] })
  expect(json.address).toMatch(new RegExp(`^${it.http}/shared#ufl_[\\w-]{43}$`))
  expect(json.link).toMatchObject({
    name: usual.name,
    search: usual.search,
    filters: [fromGermany],
    createdBy: expect.stringContaining('@'),
  })
  const [row] = await it.db.query<{ token_hash: Buffer }>('select token_hash from shared_link where link_id = $1', [id])
  expect(row!.token_hash).toEqual(createHash('sha256').update(token).digest())
  expect(await visitors(token)).toBe(5)
  const listed = async () =>
    (await ask('LinkService.ListLinks', editor)).json.links.find((one: { linkId: string }) => one.linkId === id)
  await expect.poll(async () => (await listed()).lastUsedAt, within).toBeTruthy()
  expect(JSON.stringify(await listed())).not.toContain(token)
  const { json: audit } = await ask('PeopleService.ListAudit', own.secret, {})
  const [entry] = audit.entries.filter((one: { target: string }) => one.target.includes(id))
  expect(entry).toMatchObject({ rpc: 'LinkService.CreateLink', outcome: 'done' })
  expect(JSON.stringify(audit)).not.toContain(token)
})

test('every question is bounded by the lock, whatever the request says or leaves out', async () => {
  const open = await make()
  expect(await visitors(open.token)).toBe(15)
  expect(await visitors(open.token, { siteIds: [secondSite] })).toBe(12)
  const germans = await make({ filters: [fromGermany] })
  expect(await visitors(germans.token)).toBe(5)
  expect(await visitors(germans.token, { filters: [{ ...fromGermany, values: ['AT'] }] })).toBe(0)
  const both = await make({ filters: [fromGermany], siteId: own.siteId })
  expect(await visitors(both.token)).toBe(1)
  expect(await visitors(both.token, { siteIds: [secondSite] })).toBe('UNKNOWN_ID')
  const segment = { rules: [{ filters: [{ ...fromGermany, values: ['AT'] }] }] }
  const saved = await ask('SegmentService.PutSegment', editor, { name: 'Austrians', segment })
  const { segmentId } = saved.json.segment
  const austrians = await make({ segmentId })
  expect(await visitors(austrians.token)).toBe(10)
  expect(await visitors(austrians.token, { segmentId })).toBe(10)
  expect(await visitors(austrians.token, { segment })).toBe('PARAMETER_INVALID')
  expect(await visitors(open.token, { segmentId })).toBe('UNKNOWN_ID')
  // Without its segment a link shows nothing, rather than everything.
  await ask('SegmentService.DeleteSegment', editor, { segmentId })
  expect(await visitors(austrians.token)).toBe('UNKNOWN_ID')
})

test('a link reads what it shows, of nothing beside its lock, and no statement or plan', async () => {
  const { token } = await make({ siteId: secondSite, filters: [fromGermany] })
  const { json } = await ask('LinkService.ReadLink', token)
  expect(json).toMatchObject({
    name: usual.name,
    path: '/overview',
    search: '?period=7d',
    oneSite: true,
    filters: [fromGermany],
  })
  expect(json.sites).toEqual([{ siteId: secondSite, name: 'second', timeZone: 'UTC' }])
  const { json: shown } = await ask('AnalyticsService.Overview', token, period)
  expect(shown.meta).toMatchObject({ metric: expect.stringContaining('overview') })
  expect([shown.meta.sql, shown.meta.parameters, shown.meta.plan]).toEqual(['', undefined, ''])
  const compare = { with: 'COMPARED_WITH_PREVIOUS_PERIOD' }
  expect(JSON.stringify((await ask('AnalyticsService.Overview', token, { ...period, compare })).json)).not.toMatch(
    /select|"DE"/,
  )
  expect(await visitors(token, { explain: true })).toBe('LINK_NOT_ALLOWED')
  const question = { ...period }
  for (const request of [
    { question, dimension: 'DIMENSION_PROPERTY', property: 'mail' },
    { question: { ...question, filters: [ofProperty] }, dimension: 'DIMENSION_COUNTRY' },
  ]) {
    expect((await ask('AnalyticsService.Breakdown', token, request)).error).toBe('LINK_NOT_ALLOWED')
  }
  const funnel = { steps: [{ anyEvent: true }, { anyEvent: true, filters: [ofProperty] }] }
  expect((await ask('AnalyticsService.Funnel', token, { question, funnel })).error).toBe('LINK_NOT_ALLOWED')
  // Locked to a property it may be: that one its maker has chosen.
  expect(await visitors((await make({ filters: [{ ...ofProperty, values: ['ada@example.com'] }] })).token)).toBe(15)
})

test('a link opens no RPC but those of the table, no export, and sends no events', async () => {
  const { token } = await make()
  for (const method of await everyRpc()) {
    const { shared, open } = permissionOf(method)
    if (open || method.parent.name === 'IngestService' || method.methodKind !== 'unary') continue
    const { error } = await ask(nameOf(method), token)
    expect([nameOf(method), error === 'LINK_NOT_ALLOWED']).toEqual([nameOf(method), !shared])
  }
  const client = createClient(AnalyticsService, createConnectTransport({ baseUrl: it.http, httpVersion: '1.1' }))
  const streaming = client.streamLive({}, { headers: { authorization: `Bearer ${token}` } })[Symbol.asyncIterator]()
  await expect(streaming.next()).rejects.toMatchObject({ message: expect.stringContaining('A shared link shows') })
  const headers = { authorization: `Bearer ${token}` }
  const post = (path: string) =>
    fetch(it.http + path, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{}' })
  expect((await post('/v1/export/events')).headers.get('x-userflow-error')).toBe('LINK_NOT_ALLOWED')
  expect((await post('/v1/events')).status).toBe(401)
  expect((await ask('LinkService.ReadLink', own.secret)).error).toBe('LINK_ENDED')
  const foreign = await asPage(it.http, 'LinkService.ReadLink', {
    as: token,
    headers: { origin: 'https://elsewhere.example' },
  })
  expect(foreign.error).toBe('PAGE_NOT_ALLOWED')
})

test("another company's sites, segments and links are not found", async () => {
  const { token, id } = await make()
  expect(await visitors(token, { siteIds: [other.siteId] })).toBe('UNKNOWN_ID')
  const theirs = await ask('SegmentService.PutSegment', other.secret, { name: 'Theirs', segment: { rules: [{}] } })
  const { segmentId } = theirs.json.segment
  expect(await visitors(token, { segmentId })).toBe('UNKNOWN_ID')
  expect((await make({ siteId: other.siteId })).error).toBe('UNKNOWN_ID')
  expect((await make({ segmentId })).error).toBe('UNKNOWN_ID')
  expect((await ask('LinkService.RevokeLink', other.secret, { linkId: id })).error).toBe('UNKNOWN_ID')
  expect((await ask('LinkService.ListLinks', other.secret)).json).toEqual({ links: [] })
  expect(await visitors(token)).toBe(15)
})

test('a link that is taken back or has expired is refused within seconds, one that never was at once', async () => {
  const [back, over] = [await make(), await make()]
  expect([await visitors(back.token), await visitors(over.token)]).toEqual([15, 15])
  expect((await ask('LinkService.RevokeLink', editor, { linkId: back.id })).status).toBe(200)
  await it.db.query(`update shared_link set expires_at = now() where link_id = $1`, [over.id])
  await expect
    .poll(async () => [await visitors(back.token), await visitors(over.token)], within)
    .toEqual(['LINK_ENDED', 'LINK_ENDED'])
  expect((await ask('LinkService.ReadLink', back.token)).error).toBe('LINK_ENDED')
  const listed = (await ask('LinkService.ListLinks', editor)).json.links.map((one: { linkId: string }) => one.linkId)
  expect(listed).not.toEqual(expect.arrayContaining([back.id]))
  expect(await visitors(`ufl_${'a'.repeat(43)}`)).toBe('LINK_ENDED')
})

test('what is wrong with a link is named', async () => {
  const wrong = [
    { name: ' ' },
    { path: 'javascript:alert(1)' },
    { path: '//elsewhere.example' },
    { search: 'period=7d' },
    { search: `?${'x'.repeat(4_000)}` },
    { lastsDays: 0 },
    { lastsDays: 367 },
    { filters: Array(11).fill(fromGermany) },
    { segmentId: 'x' },
  ]
  for (const more of wrong) {
    const { error, json } = await make(more)
    expect([more, error]).toEqual([more, 'PARAMETER_INVALID'])
    expect(json.message.replace(/_/g, '')).toMatch(new RegExp(Object.keys(more)[0]!, 'i'))
  }
})
