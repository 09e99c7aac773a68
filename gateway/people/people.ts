import type { Database } from '../../sql/database.ts'
import type { HttpPlace } from '../admin/snippet.ts'
import { RequestError } from '../errors.ts'
import type { SettingsVersion } from '../settings-version.ts'
import type { SignedIn } from '../who.ts'
import { verifyToken } from './access-token.ts'
import { createAttempts } from './attempts.ts'
import { type Audit, createAudit } from './audit.ts'
import { createKnownMembers } from './known-members.ts'
import { createPasswords, type Passwords } from './password.ts'
import { createPeopleMethods } from './people-methods.ts'
import { createTokenKeys } from './token-keys.ts'

/** Everything about people that a gateway has. */
export interface People {
  /** Of PeopleService. */
  readonly methods: ReturnType<typeof createPeopleMethods>
  readonly audit: Audit
  /**
   * The person of an access token, as of five seconds ago at most.
   * @throws RequestError TOKEN_ENDED; anything else is thrown when Postgres does not answer
   */
  signedIn(token: string): Promise<SignedIn>
}

export interface PeopleDeps {
  readonly db: Database
  readonly http: HttpPlace
  readonly settings: SettingsVersion
  /** Absent: at their usual cost. */
  readonly passwords?: Passwords
}

export function createPeople({ db, http, settings, passwords = createPasswords() }: PeopleDeps): People {
  const audit = createAudit(db)
  const tokenKeys = createTokenKeys(db)
  const members = createKnownMembers(db, settings)
  return {
    methods: createPeopleMethods({ db, http, audit, passwords, tokenKeys, attempts: createAttempts() }),
    audit,
    async signedIn(token) {
      const who = await members.find(await verifyToken(tokenKeys, token))
      if (!who) throw new RequestError('TOKEN_ENDED')
      return who
    },
  }
}
