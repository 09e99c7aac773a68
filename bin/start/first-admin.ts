import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { checkEmail, checkNewPassword } from '../../gateway/people/check-person.ts'
import { createPasswords, type Passwords } from '../../gateway/people/password.ts'
import type { Database } from '../../sql/database.ts'

/** What a first admin is made from; absent: an address of this machine, and a password of chance. */
export interface GivenAdmin {
  readonly adminEmail: string | undefined
  readonly adminPassword: string | undefined
}

/** Somebody who can sign in with a password that was made up for them: shown once and kept nowhere. */
export interface MadePassword {
  readonly email: string
  readonly password: string
}

const usualEmail = 'admin@localhost'

/**
 * Makes the first admin of the first company: with a password that is given, if nobody has the address yet; else, if there is
 * nobody at all, with one of chance, which is answered. Who exists stays as they are.
 * @throws if the password or the address cannot be taken
 */
export async function installAdmin(
  database: Database,
  given: GivenAdmin,
  passwords: Passwords = createPasswords(),
): Promise<MadePassword | undefined> {
  const email = checkEmail(given.adminEmail ?? usualEmail)
  if (given.adminPassword !== undefined) checkNewPassword('BOOTSTRAP_ADMIN_PASSWORD', given.adminPassword, email)
  const [wantedIf, values] = given.adminPassword
    ? ['not exists (select from person where email = $1)', [email]]
    : ['not exists (select from person)', []]
  const isWanted = async (client: Pick<pg.ClientBase, 'query'>): Promise<boolean> =>
    (await client.query<{ wanted: boolean }>(`select ${wantedIf} as wanted`, values)).rows[0]?.wanted === true
  // Most starts find somebody, and need not hash for that.
  if (!(await database.withClient(isWanted))) return undefined
  const password = given.adminPassword ?? newPassword()
  const hash = await passwords.hash(password)
  const made = await database.transaction('begin', async (client) => {
    // Two processes that start at once would both find nobody.
    await client.query('lock table person in share row exclusive mode')
    if (!(await isWanted(client))) return false
    const { rows } = await client.query<{ person_id: string }>(
      `insert into person (email, name, password_hash, must_change_password) values ($1, 'Admin', $2, $3) returning person_id`,
      [email, hash, given.adminPassword === undefined],
    )
    await client.query(
      `insert into membership (company_id, person_id, role) select min(company_id), $1, 'admin' from company`,
      [rows[0]?.person_id],
    )
    return true
  })
  return made && given.adminPassword === undefined ? { email, password } : undefined
}

/** 120 random bits in letters that are hard to mix up, four at a time. */
export function newPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789x'
  const text = [...randomBytes(24)].map((byte) => letters[byte & 31]).join('')
  return text.match(/.{4}/g)!.join('-')
}
