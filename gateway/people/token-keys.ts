import { randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Database } from '../../sql/database.ts'
import { createMemoryOfOne } from './memory-of-one.ts'

/** A key that access tokens are signed with or verified by. */
export interface TokenKey {
  readonly keyId: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

/** The keys of access tokens, in Postgres, so that every gateway takes the tokens of every other. */
export interface TokenKeys {
  /** The newest, at most a week old. @throws if Postgres does not answer */
  toSign(): Promise<TokenKey>
  /** The key of this id, if there is one. @throws if Postgres does not answer */
  toVerify(keyId: string): Promise<TokenKey | undefined>
}

/** With Ed25519, which is what the library takes for it. */
const algorithm = 'EdDSA'
/** A new key signs from then on. */
const mostSigningMs = 7 * 86_400_000
/** Far beyond the last token it signed. */
const mostKeptMs = mostSigningMs + 86_400_000
/** An id nobody has signed with is asked for at most this often. */
const lookEveryMs = 1_000

interface Row extends Record<string, unknown> {
  key_id: string
  private_key: JWK
  age_ms: number
}

/** Keys of the table token_key, made when needed. */
export function createTokenKeys(db: Pick<Database, 'query' | 'transaction'>, now: () => number = Date.now): TokenKeys {
  const known = createMemoryOfOne(() => readKeys(db, now), { mostAgeMs: 3_600_000, now })
  return {
    async toSign() {
      const usable = ({ madeAtMs }: { madeAtMs: number }) => now() - madeAtMs < mostSigningMs
      const newest = (await known.get()).find(usable)
      if (newest) return newest.key
      await makeKey(db)
      const made = (await known.again()).find(usable)
      if (!made) throw new Error('a key for tokens was made and is not there')
      return made.key
    },
    async toVerify(keyId) {
      const find = (keys: Awaited<ReturnType<typeof readKeys>>) => keys.find(({ key }) => key.keyId === keyId)?.key
      return find(await known.get()) ?? (known.ageMs() > lookEveryMs ? find(await known.again()) : undefined)
    },
  }
}

async function readKeys(db: Pick<Database, 'query'>, now: () => number) {
  const rows = await db.query<Row>(
    `select key_id, private_key, (extract(epoch from now() - created_at) * 1000)::float8 as age_ms
       from token_key where created_at > now() - make_interval(secs => $1) order by created_at desc, key_id limit 100`,
    [mostKeptMs / 1_000],
  )
  return Promise.all(
    rows.map(async ({ key_id: keyId, private_key: jwk, age_ms: ageMs }) => {
      const { d: _, ...open } = jwk
      const privateKey = (await importJWK(jwk, algorithm)) as CryptoKey
      const publicKey = (await importJWK(open, algorithm)) as CryptoKey
      return { key: { keyId, privateKey, publicKey }, madeAtMs: now() - ageMs }
    }),
  )
}

/** Makes one, unless another gateway was quicker, and deletes those nobody needs. */
async function makeKey(db: Pick<Database, 'transaction'>): Promise<void> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = await exportJWK(privateKey)
  await db.transaction('begin', async (client) => {
    await client.query('lock table token_key in share row exclusive mode')
    await client.query('delete from token_key where created_at < now() - make_interval(secs => $1)', [
      mostKeptMs / 1_000,
    ])
    await client.query(
      `insert into token_key (key_id, private_key) select $1, $2
        where not exists (select from token_key where created_at > now() - make_interval(secs => $3))`,
      [randomUUID(), JSON.stringify(jwk), mostSigningMs / 1_000],
    )
  })
}
