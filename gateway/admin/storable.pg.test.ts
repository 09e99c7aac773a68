import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  CreateKeyRequestSchema,
  CreateSiteRequestSchema,
  IpMode,
  KeyKind,
  ListKeysRequestSchema,
  type Privacy,
  SiteKind,
  UpdateSiteRequestSchema,
} from '../../proto/gen/userflow/v1/admin_pb.ts'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { RequestError } from '../errors.ts'
import { newCompany } from './admin.case.ts'
import { createAdminMethods } from './admin-methods.ts'

let db: Database
let caller: { companyId: number; byHttp: boolean }
let admin: ReturnType<typeof createAdminMethods>
let siteId: number
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  const fresh = stack.use(await freshDatabase())
  db = stack.use(testDatabase(fresh.url))
  const company = await newCompany(db)
  caller = { companyId: company.companyId, byHttp: true }
  siteId = company.siteId
  admin = createAdminMethods({ db, http: { publicUrl: 'https://e.example', host: '', port: () => 0 } })
})
afterAll(() => stack.disposeAsync())

/** Any sixteen-bit units, halves of surrogate pairs and NUL among them, and the words that usually stand there. */
const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 210 }) },
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('utm_source', '__proto__', '{a,"b"}', 'NULL', '\\', '\u202e', ''),
)
const anyOrigin = fc.oneof(
  fc.webUrl(),
  fc.webAuthority().map((authority) => `HTTPS://${authority}`),
  fc.domain().map((host) => `http://${host}:8080/`),
  anyText,
)
const names = fc.array(anyText, { maxLength: 4 })

/** The answer, or undefined where the request was refused as one that breaks a rule. Anything else is a failure. */
async function unlessInvalid<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RequestError && error.code === 'PARAMETER_INVALID') return undefined
    throw error
  }
}

test('a site that is not refused is stored as it was understood, and the same said again changes nothing', async () => {
  let stored = 0
  const request = fc.record({
    name: anyText,
    kind: fc.integer({ min: 0, max: 4 }),
    allowedOrigins: fc.array(anyOrigin, { maxLength: 3 }),
    timeZone: fc.oneof(fc.constant(''), fc.constantFrom(...Intl.supportedValuesOf('timeZone')), anyText),
    privacy: fc.record({
      ipMode: fc.integer({ min: 0, max: 3 }),
      cookieless: fc.boolean(),
      keepAllQueryParameters: fc.boolean(),
      queryParameters: names,
      deniedProperties: names,
      respectDoNotTrack: fc.boolean(),
    }),
  })
  const usual = { name: 'Shop', kind: SiteKind.WEB, allowedOrigins: [], timeZone: '' }
  await fc.assert(
    fc.asyncProperty(request, fc.constantFrom('name', 'allowedOrigins', 'timeZone', 'privacy'), async (any, only) => {
      // Mostly one field is anything: a request in which all are is nearly always refused.
      const privacy = { ...any.privacy, ipMode: IpMode.CUT, keepAllQueryParameters: false }
      const asked = create(CreateSiteRequestSchema, { ...usual, privacy: { ipMode: IpMode.NONE }, [only]: any[only] })
      if (only === 'privacy') asked.privacy = create(CreateSiteRequestSchema, { privacy }).privacy as Privacy
      const made = await unlessInvalid(() => admin.createSite(asked, caller))
      if (!made?.site) return
      stored++
      const { site } = made
      const again = create(UpdateSiteRequestSchema, {
        siteId: site.siteId ?? 0,
        name: site.name ?? '',
        allowedOrigins: { origins: site.allowedOrigins ?? [] },
        ...(site.privacy ? { privacy: site.privacy } : {}),
      })
      expect((await admin.updateSite(again, caller)).site).toEqual(site)
      for (const origin of site.allowedOrigins ?? []) expect(new URL(origin).origin).toBe(origin)
      await db.query(`select now() at time zone time_zone from site where site_id = $1`, [site.siteId])
    }),
    { numRuns: 300 },
  )
  expect(stored).toBeGreaterThan(30)
})

test('a key that is not refused is stored, and listed as it was answered', async () => {
  const request = fc.record({
    kind: fc.constantFrom(KeyKind.WRITE, KeyKind.SECRET),
    scopes: fc.array(fc.constantFrom('ingest', 'read', 'admin', 'ingest'), { maxLength: 3 }),
    label: anyText,
    eventsPerSecond: fc.nat(0xffff_ffff),
    expiresAt: fc.option(
      fc.record({ seconds: fc.bigInt({ min: -1n << 63n, max: (1n << 63n) - 1n }), nanos: fc.nat() }),
      {
        nil: undefined,
        freq: 2,
      },
    ),
  })
  await fc.assert(
    fc.asyncProperty(request, async ({ expiresAt, ...said }) => {
      const asked = create(CreateKeyRequestSchema, { siteId, ...said, ...(expiresAt ? { expiresAt } : {}) })
      const made = await unlessInvalid(() => admin.createKey(asked, caller))
      if (!made) return
      const { keys } = await admin.listKeys(create(ListKeysRequestSchema, { siteId }), caller)
      expect(keys?.find((key) => key.keyId === made.key?.keyId)).toEqual(made.key)
      await db.query('delete from api_key where key_id = $1', [made.key?.keyId])
    }),
    { numRuns: 200 },
  )
})
