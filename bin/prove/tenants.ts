import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '../../sql/database.ts'

/** A company with a server site and a secret key, which sends and reads. */
export interface Tenant {
  readonly companyId: number
  readonly key: string
}

/** Makes a company. */
export async function makeTenant(database: Database, name: string): Promise<Tenant> {
  const key = `uf_secret_${randomBytes(24).toString('base64url')}`
  const hash = createHash('sha256').update(key).digest()
  const [made] = await database.query<{ company_id: number }>(
    `with company as (insert into company (name) values ($1) returning company_id),
     site as (
       insert into site (company_id, name, kind) select company_id, 'Server', 'server' from company
       returning company_id, site_id
     )
     insert into api_key (key_hash, prefix, company_id, site_id, kind, scopes)
     select $2, $3, company_id, site_id, 'secret', '{ingest,read}' from site returning company_id`,
    [name, hash, key.slice(0, 12)],
  )
  if (!made) throw new Error('an insert with returning gave no row')
  return { companyId: made.company_id, key }
}
