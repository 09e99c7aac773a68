import { createHash, createHmac, randomBytes } from 'node:crypto'
import type pg from 'pg'

/** A sign-in that is not used for this long ends. */
const refreshTokenMs = 30 * 86_400_000
/**
 * Within this a token that was used is answered with the successor it has: two tabs may begin at the same time, and an
 * answer may be lost on its way. Beyond, somebody else has it.
 */
const graceMs = 10_000
/** Successors that are followed in that time. */
const mostSteps = 20
const tokenBytes = 32

/** What became of a refresh token. */
export type Rotated =
  | { readonly outcome: 'rotated'; readonly signInId: string; readonly token: string }
  /** Used before: the whole family has ended now. */
  | { readonly outcome: 'reused'; readonly signInId: string }
  | { readonly outcome: 'unknown' }

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Whoever has the token and the salt of its row can make the successor again; the database alone cannot. */
const successorOf = (token: string, salt: Buffer): string =>
  createHmac('sha256', token).update(salt).digest('base64url')

/** The first token of a new family. */
export async function firstToken(client: pg.ClientBase, signInId: string): Promise<string> {
  const token = randomBytes(tokenBytes).toString('base64url')
  await keep(client, signInId, token)
  return token
}

/**
 * Takes a token for its successor, in the caller's transaction. There is never more than one unused token in a family: a
 * token used a moment ago is answered with the one there is.
 */
export async function rotate(client: pg.ClientBase, token: string): Promise<Rotated> {
  const { rows } = await client.query<{ sign_in_id: string; ended: boolean }>(
    `select s.sign_in_id, s.ended_at is not null as ended
       from refresh_token t join sign_in s using (sign_in_id) where t.token_hash = $1 for update of s`,
    [hashOf(token)],
  )
  const [family] = rows
  if (!family || family.ended) return { outcome: 'unknown' }
  const signInId = family.sign_in_id
  let current = token
  for (let step = 0; step < mostSteps; step++) {
    const state = await stateOf(client, current)
    if (state.is === 'unused') return { outcome: 'rotated', signInId, token: await use(client, signInId, current) }
    if (state.is === 'expired') return end(client, signInId, 'expired')
    if (state.is === 'used') return end(client, signInId, 'token_reused')
    current = state.successor
    // The one there is goes to whoever asked with its forerunner; using it up here would leave the other tab behind.
    if ((await stateOf(client, current)).is === 'unused') return { outcome: 'rotated', signInId, token: current }
  }
  return end(client, signInId, 'token_reused')
}

type State =
  | { readonly is: 'unused' }
  | { readonly is: 'used' }
  | { readonly is: 'expired' }
  /** Used so recently that its successor may be answered again. */
  | { readonly is: 'justUsed'; readonly successor: string }

async function stateOf(client: pg.ClientBase, token: string): Promise<State> {
  // By the clock of the statement: that of a transaction that waited for the family's row may be older than its last use.
  const { rows } = await client.query<{
    used: boolean
    recent: boolean
    expired: boolean
    successor_salt: Buffer | null
  }>(
    `select used_at is not null as used, expires_at <= statement_timestamp() as expired, successor_salt,
            coalesce(used_at > statement_timestamp() - make_interval(secs => $2), false) as recent
       from refresh_token where token_hash = $1`,
    [hashOf(token), graceMs / 1_000],
  )
  const [row] = rows
  if (!row) return { is: 'used' }
  if (!row.used) return row.expired ? { is: 'expired' } : { is: 'unused' }
  if (!row.recent || !row.successor_salt) return { is: 'used' }
  return { is: 'justUsed', successor: successorOf(token, row.successor_salt) }
}

async function use(client: pg.ClientBase, signInId: string, token: string): Promise<string> {
  const salt = randomBytes(tokenBytes)
  await client.query(
    'update refresh_token set used_at = statement_timestamp(), successor_salt = $2 where token_hash = $1',
    [hashOf(token), salt],
  )
  const successor = successorOf(token, salt)
  await keep(client, signInId, successor)
  // Used ones are kept to know them again, but not for ever.
  await client.query('delete from refresh_token where sign_in_id = $1 and expires_at < now()', [signInId])
  return successor
}

async function keep(client: pg.ClientBase, signInId: string, token: string): Promise<void> {
  await client.query(
    `insert into refresh_token (token_hash, sign_in_id, expires_at)
     values ($1, $2, statement_timestamp() + make_interval(secs => $3))`,
    [hashOf(token), signInId, refreshTokenMs / 1_000],
  )
}

async function end(client: pg.ClientBase, signInId: string, why: 'token_reused' | 'expired'): Promise<Rotated> {
  await client.query('update sign_in set ended_at = now(), ended_why = $2 where sign_in_id = $1', [signInId, why])
  return why === 'expired' ? { outcome: 'unknown' } : { outcome: 'reused', signInId }
}
