import { randomUUID } from 'node:crypto'
import type { Database } from '../../sql/database.ts'
import { postTo } from '../../test/support/gateway.ts'
import type { RoleName } from '../permissions.ts'
import { createPasswords } from './password.ts'

/** Fit for tests only: what is kept is made anew at the first sign-in. */
const cheap = createPasswords({ logN: 4, blockSize: 8, parallel: 1 })

/** A password that may be taken. */
export const password = 'seven green bicycles'

/** A company of its own. */
export async function newCompanyId(db: Database, name = 'Company'): Promise<number> {
  const [row] = await db.query<{ company_id: number }>('insert into company (name) values ($1) returning company_id', [
    name,
  ])
  return row!.company_id
}

/** A person with the password above, and their memberships. */
export async function newPerson(db: Database, memberships: Readonly<Record<number, RoleName>>) {
  const email = `${randomUUID()}@example.com`
  const [row] = await db.query<{ person_id: string }>(
    `insert into person (email, name, password_hash) values ($1, 'Ada', $2) returning person_id`,
    [email, await cheap.hash(password)],
  )
  const personId = row!.person_id
  for (const [companyId, role] of Object.entries(memberships)) {
    await db.query('insert into membership (company_id, person_id, role) values ($1, $2, $3)', [
      companyId,
      personId,
      role,
    ])
  }
  return { personId, email }
}

/** What is asked; `as` is an access token or a key, and `cookie` that of Refresh. */
interface Call {
  readonly request?: object
  readonly as?: string | undefined
  readonly cookie?: string | undefined
  readonly headers?: Record<string, string>
}

/** Asks an RPC in JSON as a page of the console would. */
export async function asPage(http: string, rpc: string, call: Call = {}) {
  const { request = {}, as, cookie, headers = {} } = call
  const answer = await postTo(`${http}/userflow.v1.${rpc.replace('.', '/')}`, request, {
    'connect-protocol-version': '1',
    origin: http,
    ...(as ? { authorization: `Bearer ${as}` } : {}),
    ...(cookie ? { cookie } : {}),
    ...headers,
  })
  const set = answer.headers.getSetCookie()[0]
  return { ...answer, set, cookie: set?.split(';')[0], token: answer.json?.access?.accessToken as string | undefined }
}

/** Signs somebody in, and answers with the access token and the cookie. */
export async function signedIn(http: string, email: string) {
  const { token, cookie, json } = await asPage(http, 'PeopleService.SignIn', { request: { email, password } })
  if (!token || !cookie) throw new Error(`not signed in: ${JSON.stringify(json)}`)
  return { token, cookie }
}
