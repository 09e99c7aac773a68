import type { Database } from '../../sql/database.ts'
import type { RoleName } from '../permissions.ts'
import type { SettingsVersion } from '../settings-version.ts'
import type { SignedIn } from '../who.ts'
import type { Claims } from './access-token.ts'

/** What a signed-in person may do, as this gateway knows it. */
export interface KnownMembers {
  /**
   * The person of a token, if the sign-in lasts and they are a member of the company: at most five seconds old.
   * @throws if Postgres does not answer
   */
  find(claims: Claims): Promise<SignedIn | undefined>
}

interface Known {
  readonly who: SignedIn | undefined
  readonly readAtMs: number
  readonly version: string | undefined
}

const mostAgeMs = 5_000
const mostMembers = 20_000

/** Members as the tables sign_in and membership have them; asked again only when some setting has changed. */
export function createKnownMembers(
  db: Pick<Database, 'query'>,
  settings: SettingsVersion,
  now: () => number = Date.now,
): KnownMembers {
  const known = new Map<string, Known>()
  const isFresh = (one: Known): boolean => now() - settings.confirmedAtMs(one) <= mostAgeMs
  return {
    async find(claims) {
      const name = `${claims.signInId} ${claims.companyId}`
      const hit = known.get(name)
      if (hit && isFresh(hit)) return matching(hit.who, claims)
      if (hit && (await settings.look()) && isFresh(hit)) return matching(hit.who, claims)
      // Its age counts from before the question: a change in between must not be overlooked for longer.
      const [readAtMs, version] = [now(), settings.seen()?.version]
      const who = await readMember(db, claims)
      known.delete(name)
      if (known.size >= mostMembers) known.delete(known.keys().next().value!)
      if (who) known.set(name, { who, readAtMs, version })
      return matching(who, claims)
    },
  }
}

const matching = (who: SignedIn | undefined, { personId }: Claims): SignedIn | undefined =>
  who?.personId === personId ? who : undefined

async function readMember(db: Pick<Database, 'query'>, claims: Claims): Promise<SignedIn | undefined> {
  const { signInId, companyId } = claims
  const [row] = await db.query<{ person_id: string; email: string; role: RoleName }>(
    `select p.person_id, p.email, m.role
       from sign_in s join person p using (person_id) join membership m using (person_id)
      where s.sign_in_id = $1 and s.ended_at is null and m.company_id = $2`,
    [signInId, companyId],
  )
  return row && { kind: 'person', companyId, personId: row.person_id, signInId, email: row.email, role: row.role }
}
