import { Role } from '../../proto/gen/userflow/v1/people_pb.ts'
import { checkLine } from '../admin/check.ts'
import { uuid } from '../analytics/parameters.ts'
import { invalid } from '../errors.ts'
import type { RoleName } from '../permissions.ts'

const roles: readonly (readonly [RoleName, Role])[] = [
  ['viewer', Role.VIEWER],
  ['editor', Role.EDITOR],
  ['admin', Role.ADMIN],
]

/** The contract's value for a role. */
export const roleOf = (name: RoleName): Role => roles.find(([one]) => one === name)?.[1] ?? Role.UNSPECIFIED

/** The role of a request. @throws PARAMETER_INVALID */
export function checkRole(role: Role): RoleName {
  const name = roles.find(([, one]) => one === role)?.[0]
  if (!name) throw invalid('role', 'must be ROLE_VIEWER, ROLE_EDITOR or ROLE_ADMIN')
  return name
}

/** An address as it is kept, in lower case. Whether mail arrives there nobody asks. @throws PARAMETER_INVALID */
export function checkEmail(text: string): string {
  const email = checkLine('email', text, { min: 3, max: 200 }).toLowerCase()
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw invalid('email', 'must be an address such as ada@example.com')
  return email
}

/** The name of somebody new. @throws PARAMETER_INVALID */
export const checkName = (text: string): string => checkLine('name', text, { min: 1, max: 200 })

/** The id of a person or an invitation. @throws PARAMETER_INVALID */
export function checkUuid(parameter: string, text: string): string {
  const id = text.toLowerCase()
  if (!uuid.test(id)) throw invalid(parameter, 'must be a UUID in its 36-character form')
  return id
}

/** Longer than anybody types, and short enough to hash. */
const mostPasswordCharacters = 200
const leastPasswordCharacters = 10

/**
 * Checks that a password may be taken: long enough, none of the common ones, not the address and not a few characters repeated.
 * `parameter` is its name in the request. @throws PARAMETER_INVALID, without the password in its text
 */
export function checkNewPassword(parameter: string, password: string, email: string): void {
  const characters = [...password.normalize('NFKC')].length
  if (characters < leastPasswordCharacters || characters > mostPasswordCharacters) {
    throw invalid(parameter, `must have ${leastPasswordCharacters} to ${mostPasswordCharacters} characters`)
  }
  if (isGuessable(password, email)) {
    throw invalid(parameter, 'is one of the first that somebody would guess: take another')
  }
}

/** Whether a password is too short, or one that somebody would try first. `email`: whose it is, or empty. */
export function isGuessable(password: string, email: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase()
  const withoutEnd = plain.replace(/[\d\W_]+$/, '')
  const [local = ''] = email.split('@')
  return (
    [...plain].length < leastPasswordCharacters ||
    new Set(plain).size < 5 ||
    common.has(plain) ||
    (common.has(withoutEnd) && plain.length - withoutEnd.length <= 4) ||
    plain === email ||
    (local.length >= 3 && withoutEnd === local)
  )
}

/** Passwords and beginnings of passwords that lists of leaked ones have at their top. */
const common: ReadonlySet<string> = new Set(
  `password passwort passw0rd p@ssword p@ssw0rd contrasena motdepasse password1 password12 password123 mypassword
  thepassword iloveyou iloveyou12 letmein letmein123 welcome welcome123 welcome1234 qwertyuiop qwerty1234 qwerty12345
  qwerty123456 qwerty qwertz qwertzuiop azertyuiop asdfghjkl asdfghjkl1 zxcvbnm zxcvbnm123 1q2w3e4r5t 1q2w3e4r5t6y
  1qaz2wsx3edc qazwsxedc 1234567890 0123456789 12345678910 0987654321 123456789a a123456789 123456789q abcdefghij
  abcdefgh abc123456 abcd123456 abcd1234 adminadmin administrator administrator1 admin admin123 admin12345 userflow
  userflow123 analytics changeme changeme123 changeit default123 secretpassword secret secret1234 superman sunshine
  princess football baseball basketball dragon monkey master shadow michael jennifer liverpool chocolate trustno1
  computer internet starwars whatever samsung summer winter spring autumn testtest test1234567 testing1234 hello12345
  helloworld hello 1111111111 0000000000 1122334455 1029384756 1357924680 147258369 987654321 9876543210`.split(/\s+/),
)
