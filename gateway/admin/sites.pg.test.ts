import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { campaignParameters } from '../privacy.ts'
import { answered, asking, newCompany } from './admin.case.ts'

let it: TestGateway
let ask: ReturnType<typeof asking>
beforeAll(async () => {
  it = await startTestGateway()
  ask = asking(it, (await newCompany(it.db)).secret)
})
afterAll(() => it[Symbol.asyncDispose]())

const make = async (more: object = {}) =>
  (await answered(ask('CreateSite', { name: 'Shop', kind: 'SITE_KIND_WEB', ...more }))).site

const usual = {
  ipMode: 'IP_MODE_CUT',
  cookieless: true,
  keepAllQueryParameters: false,
  queryParameters: campaignParameters,
  deniedProperties: [],
  respectDoNotTrack: false,
}

test('a new website cuts addresses, is cookieless, and keeps campaign parameters only', async () => {
  expect(await make()).toEqual({
    siteId: expect.any(Number),
    name: 'Shop',
    kind: 'SITE_KIND_WEB',
    containerId: expect.stringMatching(/^uf-[0-9a-f]{12}$/),
    allowedOrigins: [],
    timeZone: 'UTC',
    privacy: usual,
    createdAt: expect.stringMatching(/Z$/),
    snippet: `<script defer src="${it.http}/tracker.js" data-key="KEY"></script>`,
  })
})

test.each(['SITE_KIND_SERVER', 'SITE_KIND_APP'])('a new %s keeps all parameters, and has no snippet', async (kind) => {
  const site = await make({ kind })
  expect(site.privacy).toEqual({ ...usual, keepAllQueryParameters: true, queryParameters: [] })
  expect(site.snippet).toBe('')
})

test('everything said is kept, in the form in which it is compared later', async () => {
  const privacy = {
    ipMode: 'IP_MODE_NONE',
    cookieless: false,
    queryParameters: ['q', 'page', 'q'],
    deniedProperties: ['card', 'näme'],
    respectDoNotTrack: true,
  }
  const allowedOrigins = [
    'HTTPS://Shop.Example:443/',
    'https://shop.example',
    'http://localhost:3000',
    'https://bücher.example',
  ]
  const site = await make({ name: '  Läden <&> ', allowedOrigins, timeZone: 'europe/lisbon', privacy })
  expect(site).toMatchObject({
    name: 'Läden <&>',
    allowedOrigins: ['https://shop.example', 'http://localhost:3000', 'https://xn--bcher-kva.example'],
    timeZone: 'Europe/Lisbon',
    privacy: { ...privacy, queryParameters: ['q', 'page'], keepAllQueryParameters: false },
  })
  const { sites } = await answered(ask('ListSites'))
  expect(sites.at(-1)).toEqual(site)
})

const list = (length: number, one: (at: number) => string): string[] => Array.from({ length }, (_, at) => one(at))
const privacy = (more: object) => ({ privacy: { ipMode: 'IP_MODE_CUT', ...more } })
const origin = (at: number) => `https://host-${at}.example`

test.each([
  ['a name of 200 characters', { name: '💡'.repeat(200) }],
  ['100 origins', { allowedOrigins: list(100, origin) }],
  ['100 parameters', privacy({ queryParameters: list(100, (at) => `p${at}`) })],
  ['a parameter of 200 bytes', privacy({ queryParameters: ['é'.repeat(100)] })],
  ['100 denied properties of 200 bytes', privacy({ deniedProperties: list(100, (at) => `${at}`.padEnd(200, 'x')) })],
  ['a parameter of one byte', privacy({ queryParameters: ['q'] })],
  ['a zone under its old name', { timeZone: 'Asia/Calcutta' }],
])('%s is taken', async (_, more) => {
  await make(more)
})

test.each([
  ['name', { name: '💡'.repeat(201) }, '1 to 200 characters, not 201'],
  ['name', { name: ' \t ' }, '1 to 200 characters, not 0'],
  ['name', { name: 'a\u0000b' }, 'control characters'],
  ['name', { name: 'a\u001b[2J' }, 'control characters'],
  ['kind', { kind: 0 }, 'SITE_KIND_WEB'],
  ['kind', { kind: 9 }, 'SITE_KIND_WEB'],
  ['allowed_origins', { allowedOrigins: list(101, origin) }, 'at most 100'],
  ['allowed_origins', { allowedOrigins: ['https://example.com/shop'] }, 'without a path'],
  ['allowed_origins', { allowedOrigins: ['https://example.com?x'] }, 'without a path'],
  ['allowed_origins', { allowedOrigins: ['https://me@example.com'] }, 'without a path'],
  ['allowed_origins', { allowedOrigins: ['https://*.example.com'] }, 'scheme, host and port'],
  ['allowed_origins', { allowedOrigins: ['https://example.com:65536'] }, 'scheme, host and port'],
  ['allowed_origins', { allowedOrigins: ['example.com'] }, 'scheme, host and port'],
  ['allowed_origins', { allowedOrigins: ['ftp://example.com'] }, 'scheme, host and port'],
  ['allowed_origins', { allowedOrigins: ['https://exa\nmple.com'] }, 'scheme, host and port'],
  ['allowed_origins', { allowedOrigins: [`https://${'a'.repeat(260)}.com`] }, 'scheme, host and port'],
  ['allowed_origins', { allowedOrigins: ['null'] }, 'scheme, host and port'],
  ['allowed_origins', { allowedOrigins: [''] }, 'scheme, host and port'],
  ['time_zone', { timeZone: 'Mars/Olympus' }, 'IANA'],
  ['time_zone', { timeZone: '+02:00' }, 'IANA'],
  ['time_zone', { timeZone: 'localtime' }, 'IANA'],
  ['time_zone', { timeZone: 'Europe/Berlin\u0000' }, 'IANA'],
  ['privacy.ip_mode', { privacy: { cookieless: true } }, 'IP_MODE_CUT'],
  ['privacy.query_parameters', privacy({ queryParameters: list(101, (at) => `p${at}`) }), 'at most 100'],
  ['privacy.query_parameters', privacy({ queryParameters: [''] }), '1 to 200 bytes'],
  ['privacy.query_parameters', privacy({ queryParameters: ['é'.repeat(101)] }), '1 to 200 bytes, and one has 202'],
  ['privacy.query_parameters', privacy({ keepAllQueryParameters: true, queryParameters: ['q'] }), 'must be empty'],
  ['privacy.denied_properties', privacy({ deniedProperties: ['a\u0000'] }), 'control characters'],
  ['privacy.denied_properties', privacy({ deniedProperties: list(101, (at) => `${at}`) }), 'at most 100'],
])('%s of %j is refused, and the rule is told', async (field, more, rule) => {
  const before = (await answered(ask('ListSites'))).sites.length
  const answer = await ask('CreateSite', { name: 'x', kind: 'SITE_KIND_WEB', ...more })
  expect(answer).toMatchObject({ status: 400, error: 'PARAMETER_INVALID' })
  expect(answer.json.message).toMatch(new RegExp(`^${field}: `))
  expect(answer.json.message).toContain(rule)
  expect((await answered(ask('ListSites'))).sites.length).toBe(before)
})

test('an update changes what it names and nothing else', async () => {
  const site = await make({ allowedOrigins: ['https://a.example'], timeZone: 'Asia/Tokyo' })
  const update = async (change: object) => (await answered(ask('UpdateSite', { siteId: site.siteId, ...change }))).site
  expect(await update({})).toEqual(site)
  expect(await update({ name: 'New' })).toEqual({ ...site, name: 'New' })
  expect(await update({ allowedOrigins: { origins: ['https://B.example'] } })).toMatchObject({
    name: 'New',
    allowedOrigins: ['https://b.example'],
  })
  expect(await update({ allowedOrigins: {} })).toMatchObject({ allowedOrigins: [] })
  const all = { ipMode: 'IP_MODE_FULL', keepAllQueryParameters: true }
  const changed = await update({ privacy: all })
  expect(changed.privacy).toEqual({ ...usual, ...all, cookieless: false, queryParameters: [] })
  expect(await update({ privacy: { ipMode: 'IP_MODE_CUT' } })).toMatchObject({
    privacy: { keepAllQueryParameters: false, queryParameters: [] },
  })
  expect((await ask('UpdateSite', { siteId: site.siteId, name: '' })).error).toBe('PARAMETER_INVALID')
  expect((await ask('UpdateSite', { name: 'x' })).json.message).toContain('site_id: is required')
})

test('of changes at the same time to different settings none is lost', async () => {
  const { siteId } = await make()
  await Promise.all([
    ...list(5, (at) => `name-${at}`).map((name) => ask('UpdateSite', { siteId, name })),
    ask('UpdateSite', { siteId, allowedOrigins: { origins: ['https://a.example'] } }),
    ask('UpdateSite', { siteId, privacy: { ipMode: 'IP_MODE_NONE' } }),
  ])
  const { sites } = await answered(ask('ListSites'))
  expect(sites.find((one: { siteId: number }) => one.siteId === siteId)).toMatchObject({
    name: expect.stringMatching(/^name-\d$/),
    allowedOrigins: ['https://a.example'],
    privacy: { ipMode: 'IP_MODE_NONE' },
  })
})
