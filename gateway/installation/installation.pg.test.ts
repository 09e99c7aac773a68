import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { asking, newCompany } from '../admin/admin.case.ts'
import { asPage } from '../people/people.case.ts'
import { createDemos } from './demo.ts'
import { createSimulator, type Simulation } from './simulator.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway({ grafanaUrl: 'https://grafana.example.com' })
})
afterAll(() => it[Symbol.asyncDispose]())

const deps = () => ({ db: it.db, http: { publicUrl: '', host: '127.0.0.1', port: () => 0 }, grpc: () => it.grpc })
const keysOf = (companyId: number) =>
  it.db.query<{ label: string; ended: boolean; scopes: string[] }>(
    `select label, scopes, revoked_at is not null as ended from api_key where company_id = $1 and label = 'Demo shop'`,
    [companyId],
  )

test('the demo site is filled by the simulator at the gate of everybody, once, and its key ends', async () => {
  const { companyId, secret } = await newCompany(it.db)
  const simulator = createSimulator(new URL('../../bin/simulate.ts', import.meta.url).pathname, { warn: console.warn })
  // Of one day rather than thirty, so that the test is quick.
  using demos = createDemos({ ...deps(), simulate: (one, signal) => simulator({ ...one, days: 1 }, signal) })
  const caller = { companyId, byHttp: true }
  expect(await demos.read(caller)).toEqual({ available: true, siteId: 0 })
  const begun = await demos.fill(caller, 'Europe/Berlin')
  expect(begun).toMatchObject({ state: 1, share: 0 })
  expect((await demos.fill(caller, '')).siteId).toBe(begun.siteId)
  // Nobody stores here.
  await expect.poll(async () => (await demos.read(caller)).share, { timeout: 25_000 }).toBe(1)
  const filled = await demos.read(caller)
  expect(filled).toMatchObject({ share: 1, siteId: begun.siteId })
  expect(await it.records()).toBe(filled.accepted)
  expect(filled.accepted).toBeGreaterThan(500)
  await expect.poll(() => keysOf(companyId)).toEqual([{ label: 'Demo shop', scopes: ['ingest'], ended: true }])
  const { json } = await asking(it, secret)('ListSites')
  expect(json.sites).toHaveLength(2)
  expect(json.sites[1]).toMatchObject({ name: 'Demo shop', timeZone: 'Europe/Berlin', siteId: begun.siteId })
}, 30_000)

test('what failed is told, and asked again the same traffic is sent', async () => {
  const { companyId } = await newCompany(it.db)
  const caller = { companyId, byHttp: true }
  const asked: Simulation[] = []
  using demos = createDemos({
    ...deps(),
    simulate: async (simulation) => {
      asked.push(simulation)
      return asked.length > 1
    },
  })
  await demos.fill(caller, '')
  await expect.poll(async () => (await demos.read(caller)).state).toBe(3)
  await demos.fill(caller, '')
  await expect.poll(async () => (await demos.read(caller)).state).toBe(2)
  const [first, second] = asked
  expect(second).toMatchObject({ days: 30, untilMs: first!.untilMs, grpc: it.grpc })
  expect(Math.abs(Date.now() - first!.untilMs)).toBeLessThan(60_000)
  expect((await keysOf(companyId)).map(({ ended }) => ended)).toEqual([true, true])
})

test('a gateway without a simulator says so, and where Grafana is', async () => {
  const { secret } = await newCompany(it.db)
  const ask = (method: string) => asPage(it.http, `InstallationService.${method}`, { as: secret })
  const { json } = await ask('ReadInstallation')
  expect(json).toMatchObject({ grafanaUrl: 'https://grafana.example.com', demo: { available: false, siteId: 0 } })
  expect((await ask('FillDemo')).error).toBe('DEMO_UNAVAILABLE')
})
