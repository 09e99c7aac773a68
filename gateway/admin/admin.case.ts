import type { Database } from '../../sql/database.ts'
import { postTo, type TestGateway } from '../../test/support/gateway.ts'
import { newKeyText } from './key-text.ts'

/** What an RPC of AdminService answered. */
export interface Answer {
  readonly status: number
  readonly error: string | null
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever RPC was asked
  readonly json: any
}

/** Asks an RPC of AdminService in JSON with this key. */
export const asking =
  (it: Pick<TestGateway, 'http'>, key: string) =>
  (method: string, request: object = {}): Promise<Answer> =>
    postTo(`${it.http}/userflow.v1.AdminService/${method}`, request, { 'x-api-key': key })

/** The JSON of a call that must succeed. */
export async function answered(call: Promise<Answer>) {
  const { status, json } = await call
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(json)}`)
  return json
}

/** Every RPC of AdminService with a request that is valid for these ids. */
export const everyRequest = (siteId: number, keyId: string): [string, object][] => [
  ['ListSites', {}],
  ['CreateSite', { name: 'x', kind: 'SITE_KIND_WEB' }],
  ['UpdateSite', { siteId, name: 'stolen' }],
  ['ListKeys', { siteId, includeEnded: true }],
  ['CreateKey', { siteId, kind: 'KEY_KIND_SECRET', scopes: ['admin'] }],
  ['RotateKey', { keyId, overlap: '0s' }],
  ['RevokeKey', { keyId }],
]

/** Another company with a site and a secret key of these scopes. */
export async function newCompany(db: Database, scopes: readonly string[] = ['ingest', 'read', 'admin']) {
  const [company] = await db.query<{ company_id: number }>(
    `insert into company (name) values ('c') returning company_id`,
  )
  const companyId = company!.company_id
  const [site] = await db.query<{ site_id: number }>(
    `insert into site (company_id, name, kind) values ($1, 'theirs', 'web') returning site_id`,
    [companyId],
  )
  const siteId = site!.site_id
  const { text, hash, prefix } = newKeyText('secret')
  const [key] = await db.query<{ key_id: string }>(
    `insert into api_key (company_id, site_id, key_hash, prefix, kind, scopes)
     values ($1, $2, $3, $4, 'secret', $5) returning key_id`,
    [companyId, siteId, hash, prefix, scopes],
  )
  return { companyId, siteId, secret: text, keyId: key!.key_id }
}
