import type { MessageInitShape } from '@bufbuild/protobuf'
import type { MembershipSchema, PersonSchema } from '../../proto/gen/userflow/v1/people_pb.ts'
import type { Database } from '../../sql/database.ts'
import type { HttpPlace } from '../admin/snippet.ts'
import { RequestError } from '../errors.ts'
import type { RoleName } from '../permissions.ts'
import type { SignedIn } from '../who.ts'
import type { Attempts } from './attempts.ts'
import type { Audit } from './audit.ts'
import type { PeopleCaller } from './caller.ts'
import { roleOf } from './check-person.ts'
import type { Passwords } from './password.ts'
import type { TokenKeys } from './token-keys.ts'

/** What the methods of PeopleService need. */
export interface PeopleKeeping {
  readonly db: Database
  readonly http: HttpPlace
  readonly audit: Audit
  readonly passwords: Passwords
  readonly tokenKeys: TokenKeys
  readonly attempts: Attempts
}

/** A row of `person`, without the password. */
export interface PersonRow {
  person_id: string
  email: string
  name: string
  must_change_password: boolean
}

export const personColumns = 'p.person_id, p.email, p.name, p.must_change_password'

/** A row of `membership` with the company's name. */
export interface MembershipRow {
  company_id: number
  company_name: string
  role: RoleName
}

export const personOf = (row: PersonRow): MessageInitShape<typeof PersonSchema> => ({
  personId: row.person_id,
  email: row.email,
  name: row.name,
  mustChangePassword: row.must_change_password,
})

export const membershipOf = (row: MembershipRow): MessageInitShape<typeof MembershipSchema> => ({
  companyId: row.company_id,
  companyName: row.company_name,
  role: roleOf(row.role),
})

/** All companies of a person, by name. */
export const membershipsOf = (db: Pick<Database, 'query'>, personId: string) =>
  db.query<MembershipRow & Record<string, unknown>>(
    `select company_id, c.name as company_name, role from membership join company c using (company_id)
      where person_id = $1 order by c.name, company_id`,
    [personId],
  )

/** The person who asks. @throws RequestError SIGNED_OUT for a key */
export function personIn({ who }: PeopleCaller): SignedIn {
  if (who.kind !== 'person') throw new RequestError('SIGNED_OUT')
  return who
}

/** The company of whoever asks. @throws RequestError SIGNED_OUT where nobody does */
export function companyOf({ who }: PeopleCaller): number {
  if (who.kind === 'nobody') throw new RequestError('SIGNED_OUT')
  return who.companyId
}
