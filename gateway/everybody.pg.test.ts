import { randomUUID } from 'node:crypto'
import type { DescMessage, DescMethod } from '@bufbuild/protobuf'
import { ConnectError, createClient, type Interceptor, type Transport } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AnalyticsService } from '../proto/gen/userflow/v1/analytics_pb.ts'
import { postTo, startTestGateway, type TestGateway } from '../test/support/gateway.ts'
import { type EventRow, storeEvents } from '../test/support/store-events.ts'
import { newCompany } from './admin/admin.case.ts'
import { newKeyText } from './admin/key-text.ts'
import { everyRpc, nameOf } from './every-rpc.case.ts'
import { asPage, newPerson, signedIn } from './people/people.case.ts'
import { permissionOf, type RoleName, reaches } from './permissions.ts'

// Every RPC of every service, by a member of a low role, and with another company's ids.

const outside = (await everyRpc()).filter(({ parent }) => parent.name !== 'IngestService')
/** Streams are asked in another way: below, each by name. */
const rpcs = outside.filter(({ methodKind }) => methodKind === 'unary')

let it: TestGateway
let theirs: Awaited<ReturnType<typeof fill>>
let own: Awaited<ReturnType<typeof newCompany>>
beforeAll(async () => {
  it = await startTestGateway({}, { simulate: async () => true })
  theirs = await fill()
  own = await newCompany(it.db)
})
afterAll(() => it[Symbol.asyncDispose]())

/** Stands in every text of the other company. */
const mark = 'secret-of-theirs'
const at = new Date(Date.now() - 120_000).toISOString()
const period = {
  from: new Date(Date.now() - 86_400_000).toISOString(),
  to: new Date(Date.now() + 60_000).toISOString(),
}

/** Another company with something of everything. */
async function fill() {
  const { db } = it
  const company = await newCompany(db)
  const { companyId, siteId } = company
  await db.query('update site set name = $2 where company_id = $1', [companyId, mark])
  const { hash, prefix } = newKeyText('secret')
  const [key] = await db.query<{ key_id: string }>(
    `insert into api_key (company_id, site_id, key_hash, prefix, kind, scopes, label) values ($1, $2, $3, $4, 'secret', '{read}', $5)
     returning key_id`,
    [companyId, siteId, hash, prefix, mark],
  )
  const { personId } = await newPerson(db, { [companyId]: 'viewer' })
  await db.query('update person set name = $2 where person_id = $1', [personId, mark])
  const [invitation] = await db.query<{ invitation_id: string }>(
    `insert into invitation (company_id, email, role, token_hash, invited_by, expires_at)
     values ($1, $2, 'viewer', '\\x00', '', now() + interval '1 day') returning invitation_id`,
    [companyId, `${mark}@example.com`],
  )
  const event = (more: EventRow): EventRow => ({
    company_id: companyId,
    site_id: siteId,
    event_timestamp: at,
    received_at: at,
    session_id: `${mark}-session`,
    visitor_id: `${mark}-visitor`,
    user_id: `${mark}-user`,
    page_url: `https://shop.example/${mark}`,
    page_title: mark,
    country: 'DE',
    metadata: { plan: mark },
    ...more,
  })
  const eventId = randomUUID()
  await storeEvents(db, {
    events: [
      event({ event_id: eventId }),
      event({ event_type: 'click', element_selector: `#${mark}`, sequence: 1 }),
      event({ event_type: 'custom', event_name: mark, sequence: 2 }),
    ],
    dead: [
      {
        company_id: companyId,
        site_id: siteId,
        event_id: randomUUID(),
        reason: 'EVENT_TIME_INVALID',
        field: mark,
        message: mark,
        log_offset: 100,
        received_at_us: Date.parse(at) * 1e3,
        payload: Buffer.from(mark).toString('base64'),
      },
    ],
  })
  const put = (rpc: string, request: object) => asPage(it.http, rpc, { as: company.secret, request })
  await put('SchemaService.PutSchema', { name: mark, jsonSchema: { type: 'object' }, mode: 'SCHEMA_MODE_REPORT' })
  const saved = await put('SegmentService.PutSegment', { name: mark, segment })
  const kept = await put('FunnelService.PutFunnel', { name: mark, funnel: steps })
  const noted = await put('AnnotationService.PutAnnotation', { text: mark, at, siteId })
  const shared = await put('LinkService.CreateLink', { name: mark, path: '/overview', lastsDays: 1 })
  const texts = { session_id: `${mark}-session`, visitor_id: `${mark}-visitor`, user_id: `${mark}-user` }
  const uuids = {
    segment_id: saved.json.segment.segmentId as string,
    funnel_id: kept.json.funnel.funnelId as string,
    annotation_id: noted.json.annotation.annotationId as string,
    event_id: eventId,
    key_id: key!.key_id,
    person_id: personId,
    invitation_id: invitation!.invitation_id,
    link_id: shared.json.link.linkId as string,
  }
  return { ...company, ids: { ...texts, ...uuids } as Record<string, string> }
}

const steps = { steps: [{ anyEvent: true }, { anyEvent: true }] }
const page = `/${mark}`
const ofTheirs = { dimension: 'DIMENSION_PAGE_TITLE', operator: 'FILTER_OPERATOR_IS', values: [mark] }
const segment = {
  people: 'PEOPLE_VISITORS',
  rules: [{ filters: [ofTheirs] }],
}
const schema = { name: mark, jsonSchema: { type: 'object' } }

/** What follows from no name. A new RPC that a test below finds refused has to be listed here. */
const more: Readonly<Record<string, object>> = {
  'AnalyticsService.Breakdown': { dimension: 'DIMENSION_PAGE_TITLE' },
  'AnalyticsService.Funnel': { funnel: steps },
  'AnalyticsService.FunnelTrend': { funnel: steps },
  'AnalyticsService.ListFunnelMembers': { funnel: steps, step: 1 },
  'AnalyticsService.Experiment': { experiment: mark, goal: [ofTheirs] },
  'AnalyticsService.StepsAround': { step: { kind: 'JOURNEY_STEP_KIND_PAGE', value: page } },
  'AnalyticsService.PageSeries': { page },
  'AnalyticsService.HeatMap': { page },
  'AnalyticsService.PageSpeedBreakdown': { measure: 'SPEED_MEASURE_LCP', dimension: 'DIMENSION_PAGE' },
  'AnalyticsService.PageSpeedSeries': { measure: 'SPEED_MEASURE_LCP' },
  'SchemaService.TrySchema': schema,
  'SchemaService.PutSchema': { ...schema, mode: 'SCHEMA_MODE_REPORT' },
  'SchemaService.SetSchemaMode': { name: mark, mode: 'SCHEMA_MODE_OFF' },
  'AdminService.CreateSite': { name: 'x', kind: 'SITE_KIND_WEB' },
  'AdminService.UpdateSite': { name: 'stolen' },
  'AdminService.CreateKey': { kind: 'KEY_KIND_WRITE' },
  'PeopleService.InviteMember': { email: 'new@example.com', role: 'ROLE_VIEWER' },
  'PeopleService.ChangeRole': { role: 'ROLE_EDITOR' },
  'PipelineService.ReplayDeadLetters': { dryRun: true },
  'UserService.Adoption': { feature: [ofTheirs] },
  'UserService.ListUserEvents': { personId: `${mark}-visitor` },
  'LinkService.CreateLink': { name: mark, path: '/overview', lastsDays: 1 },
  'SegmentService.PutSegment': { name: mark, segment },
  'FunnelService.PutFunnel': { name: mark, funnel: steps },
  'AnnotationService.PutAnnotation': { text: mark, at },
}

/** A valid request whose ids are these. */
function requestOf(method: DescMethod, siteId: number, ids: Readonly<Record<string, string>>): object {
  const json: Record<string, unknown> = {}
  for (const { name, jsonName, fieldKind, message } of method.input.fields as readonly Field[]) {
    if (message?.name === 'Question') json[jsonName] = { ...period, siteIds: [siteId] }
    else if (message?.name === 'Timestamp' && (name === 'from' || name === 'to')) json[jsonName] = period[name]
    else if (name === 'site_ids') json[jsonName] = [siteId]
    else if (name === 'site_id') json[jsonName] = siteId
    else if (fieldKind === 'scalar' && ids[name]) json[jsonName] = ids[name]
  }
  return { ...json, ...more[nameOf(method)] }
}

interface Field {
  readonly name: string
  readonly jsonName: string
  readonly fieldKind: string
  readonly message?: DescMessage
}

const ask = (as: string, method: DescMethod, request: object) => asPage(it.http, nameOf(method), { as, request })
/** The answer without its definitions, which repeat the parameters, and without what changes from call to call. */
const told = ({ status, error, json }: Awaited<ReturnType<typeof ask>>) => ({
  status,
  error,
  json: JSON.stringify(json, (key, value) =>
    /meta$|^(at|message|details)$/i.test(key) ? undefined : value,
  ).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, ''),
})
const byKey = rpcs.filter((method) => permissionOf(method).scope)

test("with another company's ids every RPC answers as with ids of nobody, and nothing of the other company", async () => {
  const nobodys = Object.fromEntries(
    Object.entries(theirs.ids).map(([name, id]) => [name, id.includes(mark) ? 'nobody' : randomUUID()]),
  )
  const before = await rowsOf(theirs.companyId)
  for (const method of byKey) {
    const answer = await ask(own.secret, method, requestOf(method, theirs.siteId, theirs.ids))
    const name = nameOf(method)
    // Refused for another reason, it would say nothing about ids: what it lacks belongs into `more`.
    expect([name, answer.error, answer.json?.message]).not.toEqual([name, 'PARAMETER_INVALID', answer.json?.message])
    expect([name, [200, 404].includes(answer.status)]).toEqual([name, true])
    const asNobody = await ask(own.secret, method, requestOf(method, 2_000_000_000, nobodys))
    if (permissionOf(method).changes) expect([name, answer.error]).toEqual([name, asNobody.error])
    else {
      expect([name, told(answer).json.includes(mark)]).toEqual([name, false])
      expect([name, told(answer)]).toEqual([name, told(asNobody)])
    }
  }
  expect(await rowsOf(theirs.companyId)).toEqual(before)
}, 300_000)

test('to the company itself the same requests are valid, and show what it has', async () => {
  const showing: string[] = []
  for (const method of byKey) {
    const answer = await ask(theirs.secret, method, requestOf(method, theirs.siteId, theirs.ids))
    expect([nameOf(method), answer.status, answer.error]).toEqual([nameOf(method), 200, null])
    if (JSON.stringify(answer.json).includes(mark)) showing.push(nameOf(method))
  }
  // Otherwise the test above would find nothing because there is nothing.
  expect(showing.length).toBeGreaterThan(15)
}, 300_000)

const roles: readonly RoleName[] = ['viewer', 'editor', 'admin']
test('with a shared link every RPC that it may ask answers as with the lock in the question, however little that is', async () => {
  const lock = { dimension: 'DIMENSION_COUNTRY', operator: 'FILTER_OPERATOR_IS', values: ['AT'] }
  const link = { name: 'x', path: '/overview', lastsDays: 1, filters: [lock] }
  const made = await asPage(it.http, 'LinkService.CreateLink', { as: theirs.secret, request: link })
  const token = String(made.json.address).split('#')[1]!
  for (const method of byKey.filter((one) => permissionOf(one).shared)) {
    const request = requestOf(method, theirs.siteId, {}) as { question?: object }
    const bounded = request.question
      ? { ...request, question: { ...request.question, filters: [lock] } }
      : { ...request, filters: [lock] }
    const [byLink, bySecret, unbounded] = [
      await ask(token, method, request),
      await ask(theirs.secret, method, bounded),
      await ask(theirs.secret, method, request),
    ]
    expect([nameOf(method), told(byLink)]).toEqual([nameOf(method), told(bySecret)])
    expect([nameOf(method), byLink.status]).toEqual([nameOf(method), 200])
    if (told(unbounded).json.includes(mark))
      expect([nameOf(method), told(byLink).json.includes(mark)]).toEqual([nameOf(method), false])
  }
}, 120_000)

const may: Readonly<Record<RoleName, number>> = { viewer: 0, editor: 1, admin: 2 }

test.each(roles)(
  'a member of the role %s is refused whatever asks for more, before anything is looked at',
  async (role) => {
    const company = await newCompany(it.db)
    const { email } = await newPerson(it.db, { [company.companyId]: role })
    let { token } = await signedIn(it.http, email)
    const before = await rowsOf(company.companyId)
    const refused: string[] = []
    for (const method of rpcs.filter((one) => permissionOf(one).role && !permissionOf(one).changes)) {
      const { error } = await ask(token, method, {})
      const wanted = reaches(role, permissionOf(method).role ?? 'admin')
      expect([nameOf(method), error === 'ROLE_TOO_LOW']).toEqual([nameOf(method), !wanted])
      if (method.name === 'SignOut') ({ token } = await signedIn(it.http, email))
    }
    const again = await signedIn(it.http, email)
    for (const method of rpcs.filter(
      (one) => permissionOf(one).changes && may[permissionOf(one).role ?? 'viewer'] > may[role],
    )) {
      const answer = await ask(
        again.token,
        method,
        requestOf(method, company.siteId, { ...theirs.ids, key_id: company.keyId }),
      )
      expect([nameOf(method), answer.status, answer.error]).toEqual([nameOf(method), 403, 'ROLE_TOO_LOW'])
      refused.push(method.name)
    }
    if (role === 'viewer')
      expect(refused).toEqual(expect.arrayContaining(['CreateKey', 'PutSchema', 'ReplayDeadLetters', 'InviteMember']))
    if (role === 'editor') expect(refused).not.toContain('PutSchema')
    expect(await rowsOf(company.companyId)).toEqual(before)
  },
  120_000,
)

test("the stream of live figures begins at once, tells of an event that is stored, and is nobody else's", async () => {
  expect(outside.filter((method) => !rpcs.includes(method)).map(({ name }) => name)).toEqual(['StreamLive'])
  const name = `live-${randomUUID()}`
  const stored = () =>
    storeEvents(it.db, {
      events: [
        {
          company_id: theirs.companyId,
          site_id: theirs.siteId,
          event_type: 'custom',
          event_name: name,
          event_timestamp: at,
        },
      ],
    })
  for (const open of [webClient, grpcClient]) {
    const leaving = new AbortController()
    const names: string[][] = []
    for await (const { live } of open(theirs.secret).streamLive({}, { signal: leaving.signal })) {
      names.push((live?.events ?? []).map(({ eventName }) => eventName))
      if (names.length === 1) await stored()
      if (names.at(-1)?.includes(name)) break
    }
    leaving.abort()
    expect(names[0]).toContain(mark)
    expect(names.length).toBeLessThan(5)
    // Another company sees nothing of it, nor by the other's site.
    for await (const { live } of open(own.secret).streamLive({})) {
      expect(live?.events).toEqual([])
      break
    }
  }
  const refused = async (secret: string, siteIds: number[] = []) => {
    for await (const _ of webClient(secret).streamLive({ siteIds })) return 'answered'
    return 'ended'
  }
  expect(await refused(own.secret, [theirs.siteId]).catch(errorOf)).toBe('answered')
  expect(await refused(it.writeKey).catch(errorOf)).toBe('KEY_NOT_ALLOWED')
  expect(await refused('uf_secret_nobody').catch(errorOf)).toBe('KEY_UNKNOWN')
}, 60_000)

test('a stream ends when the key does', async () => {
  const company = await newCompany(it.db)
  const follow = async () => {
    for await (const _ of webClient(company.secret).streamLive({}))
      await it.db.query('update api_key set revoked_at = now() where company_id = $1', [company.companyId])
  }
  expect(await follow().catch(errorOf)).toBe('KEY_UNKNOWN')
}, 60_000)

const bySecret =
  (secret: string): Interceptor =>
  (next) =>
  (request) => {
    request.header.set('x-api-key', secret)
    return next(request)
  }
const clientOf =
  (transport: (options: { baseUrl: string; interceptors: Interceptor[] }) => Transport, url: () => string) =>
  (secret: string) =>
    createClient(AnalyticsService, transport({ baseUrl: url(), interceptors: [bySecret(secret)] }))
const webClient = clientOf(
  (options) => createConnectTransport({ httpVersion: '1.1', useBinaryFormat: false, ...options }),
  () => it.http,
)
const grpcClient = clientOf(createGrpcTransport, () => `http://${it.grpc}`)
const errorOf = (error: unknown) => ConnectError.from(error).metadata.get('x-userflow-error')

test('a person sends no events, at no door', async () => {
  const { email } = await newPerson(it.db, { [own.companyId]: 'admin' })
  const { token } = await signedIn(it.http, email)
  for (const path of ['/userflow.v1.IngestService/RecordEvents', '/v1/events']) {
    const headers = { authorization: `Bearer ${token}` }
    expect(await postTo(it.http + path, { events: [{ pageView: {} }] }, headers)).toMatchObject({ status: 401 })
  }
})

/** Everything of a company that can be changed. */
const rowsOf = (companyId: number) =>
  it.db.query<{ rows: unknown }>(
    [
      'site',
      'api_key',
      'membership',
      'invitation',
      'event_schema',
      'event_schema_mode',
      'dead_letters',
      'segment',
      'shared_link',
      'saved_funnel',
      'annotation',
    ]
      .map(
        (table) => `select '${table}' as name, jsonb_agg(to_jsonb(t) - 'last_used_at' order by t::text) as rows
                         from ${table} t where company_id = $1`,
      )
      .join(' union all '),
    [companyId],
  )
