import { readFile, rename, writeFile } from 'node:fs/promises'
import type pg from 'pg'
import { hashOf, newKeyText, prefixOf } from '../../gateway/admin/key-text.ts'
import { campaignParameters } from '../../gateway/privacy.ts'
import type { Database } from '../../sql/database.ts'

/** The two keys of the first company. */
export interface BootstrapKeys {
  /** Public; sends events of the site "Website". */
  readonly writeKey: string
  /** Server side; sends events of the site "Server" and reads. */
  readonly secretKey: string
}

/**
 * Makes sure that there is a company with a website (IP addresses cut), a server site (IP addresses kept, because it is
 * its own server that tells them) and a key for each. Keys given are used; else those of the file; else new ones, which
 * go into the file, readable by its owner only. The database keeps hashes.
 */
export async function bootstrap(
  database: Database,
  given: { writeKey: string | undefined; secretKey: string | undefined; file: string },
): Promise<BootstrapKeys> {
  const kept = await readKeys(given.file)
  const keys = {
    writeKey: given.writeKey ?? kept.writeKey ?? newKeyText('write').text,
    secretKey: given.secretKey ?? kept.secretKey ?? newKeyText('secret').text,
  }
  if (keys.writeKey !== kept.writeKey || keys.secretKey !== kept.secretKey) await writeKeys(given.file, keys)
  await installKeys(database, keys)
  return keys
}

/** Writes company, sites and keys; what exists stays as it is. */
export async function installKeys(database: Database, keys: Partial<BootstrapKeys>): Promise<void> {
  await database.transaction('begin', async (client) => {
    // Two processes that start at once would both find nothing.
    await client.query('lock table company in share row exclusive mode')
    const companyId = await firstId(client, {
      find: 'select company_id as id from company order by company_id limit 1',
      make: `insert into company (name) values ('My company') returning company_id as id`,
      values: [],
    })
    const sites = [
      { name: 'Website', kind: 'web', ipMode: 'cut', key: keys.writeKey, keyKind: 'write', scopes: ['ingest'] },
      {
        name: 'Server',
        kind: 'server',
        ipMode: 'full',
        key: keys.secretKey,
        keyKind: 'secret',
        scopes: ['ingest', 'read', 'admin'],
      },
    ]
    for (const site of sites) {
      // Its site may have been renamed or changed since: it must not be made again.
      if (site.key && (await isKnown(client, companyId, site.key))) continue
      const siteId = await firstId(client, {
        find: 'select site_id as id from site where company_id = $1 and name = $2 and kind = $3 and ip_mode = $4',
        make: `insert into site (company_id, name, kind, ip_mode, query_parameters)
               values ($1, $2, $3, $4, $5) returning site_id as id`,
        values: [companyId, site.name, site.kind, site.ipMode],
        more: [site.kind === 'web' ? campaignParameters : null],
      })
      if (!site.key) continue
      await client.query(
        `insert into api_key (key_hash, prefix, company_id, site_id, kind, scopes) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing`,
        [hashOf(site.key), prefixOf(site.key), companyId, siteId, site.keyKind, site.scopes],
      )
    }
  })
}

async function isKnown(client: pg.ClientBase, companyId: number, key: string): Promise<boolean> {
  const text = 'select from api_key where company_id = $1 and key_hash = $2'
  return ((await client.query(text, [companyId, hashOf(key)])).rowCount ?? 0) > 0
}

/** How a row is found, by `values`, or made, with `more` besides. */
interface Wanted {
  readonly find: string
  readonly make: string
  readonly values: readonly unknown[]
  readonly more?: readonly unknown[]
}

async function firstId(client: pg.ClientBase, { find, make, values, more = [] }: Wanted): Promise<number> {
  const found = (await client.query<{ id: number }>(find, [...values])).rows
  const [first] = found.length > 0 ? found : (await client.query<{ id: number }>(make, [...values, ...more])).rows
  if (!first) throw new Error('an insert with returning gave no row')
  return first.id
}

async function readKeys(file: string): Promise<Partial<BootstrapKeys>> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  return JSON.parse(text) as Partial<BootstrapKeys>
}

async function writeKeys(file: string, keys: BootstrapKeys): Promise<void> {
  // Whole or not at all: a half-written file would lose the keys.
  await writeFile(`${file}.new`, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
