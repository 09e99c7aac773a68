import { type Audit, createAudit } from '../../gateway/people/audit.ts'
import { checkEmail, checkName } from '../../gateway/people/check-person.ts'
import { createPasswords } from '../../gateway/people/password.ts'
import type { Database } from '../../sql/database.ts'
import { newPassword } from '../start/first-admin.ts'
import type { MemberCommand, Said } from './options.ts'
import type { Outcome } from './run.ts'

// On the database itself: this is for an operator whose admins have all lost their passwords.

interface On {
  readonly db: Database
  readonly audit: Audit
  readonly companyId: number
}

type Run = (on: On, said: Said) => Promise<Outcome>

interface Member extends Record<string, unknown> {
  email: string
  name: string
  role: string
  last_seen_at: Date | null
}

const roles = ['viewer', 'editor', 'admin']

const runs: Readonly<Record<MemberCommand, Run>> = {
  'members list': async ({ db, companyId }) => {
    const rows = await db.query<Member>(
      `select p.email, p.name, m.role, (select max(last_seen_at) from sign_in s where s.person_id = p.person_id) as last_seen_at
         from membership m join person p using (person_id) where m.company_id = $1 order by p.email`,
      [companyId],
    )
    const lines = rows.map(
      ({ email, name, role, last_seen_at: seen }) =>
        `${email}  ${role}  ${JSON.stringify(name)}  ${seen ? `last seen ${seen.toISOString()}` : 'never signed in'}`,
    )
    return { json: { members: rows }, lines: lines.length > 0 ? lines : ['Nobody: npm run admin -- members add'] }
  },
  'members add': async (on, said) => {
    const email = checkEmail(said.email ?? '')
    const [password, role] = [newPassword(), roleOf(said.role)]
    const hash = await createPasswords().hash(password)
    const [known] = await on.db.query<{ made: boolean }>(
      `with made as (insert into person (email, name, password_hash, must_change_password) values ($2, $3, $4, true)
                     on conflict do nothing returning person_id),
            who as (select person_id, true as made from made union all select person_id, false from person where email = $2),
            joined as (insert into membership (company_id, person_id, role) select $1, person_id, $5 from who
                       on conflict (company_id, person_id) do update set role = excluded.role)
       select made from who`,
      [on.companyId, email, checkName(said.name ?? email), hash, role],
    )
    await note(on, 'members add', `email ${email}, role ${role}`)
    return known?.made
      ? shown(email, password)
      : { json: { email }, lines: [`${email} has a password already, and is ${role} now.`] }
  },
  'members password': async (on, said) => {
    const email = checkEmail(said.email ?? '')
    const password = newPassword()
    const hash = await createPasswords().hash(password)
    const rows = await on.db.query(
      `with changed as (update person p set password_hash = $3, must_change_password = true from membership m
                         where p.email = $2 and m.person_id = p.person_id and m.company_id = $1 returning p.person_id),
            ended as (update sign_in s set ended_at = now(), ended_why = 'password_changed' from changed
                       where s.person_id = changed.person_id and s.ended_at is null)
       select person_id from changed`,
      [on.companyId, email, hash],
    )
    if (rows.length === 0) throw nobody(email)
    await note(on, 'members password', `email ${email}`)
    return shown(email, password)
  },
  'members remove': async (on, said) => {
    const email = checkEmail(said.email ?? '')
    const rows = await on.db.query(
      `delete from membership m using person p
        where m.company_id = $1 and p.person_id = m.person_id and p.email = $2 returning p.person_id`,
      [on.companyId, email],
    )
    if (rows.length === 0) throw nobody(email)
    await note(on, 'members remove', `email ${email}`)
    return { json: { email }, lines: [`${email} is no member any more. Every gateway follows within five seconds.`] }
  },
}

/** Runs a command about the members of a company: the one that is said, else the first. */
export async function runMembers(db: Database, command: MemberCommand, said: Said): Promise<Outcome> {
  const wanted = said.company === undefined ? null : Number(said.company)
  if (wanted !== null && !Number.isSafeInteger(wanted)) throw new Error('--company is the id of a company.')
  const [company] = await db.query<{ id: number | null }>(
    'select min(company_id) as id from company where $1::bigint is null or company_id = $1',
    [wanted],
  )
  if (!company?.id) throw new Error('There is no such company: `npm start` makes the first.')
  return runs[command]({ db, audit: createAudit(db), companyId: company.id }, said)
}

const shown = (email: string, password: string): Outcome => ({
  json: { email, password },
  lines: [`${email} signs in with this password, shown now and never again:`, `  ${password}`],
})

const nobody = (email: string): Error => new Error(`No member has the address ${email}: see "members list".`)

function roleOf(word: string | undefined): string {
  if (!word || !roles.includes(word)) throw new Error(`--role is ${roles.join(' or ')}, not "${word}".`)
  return word
}

const note = ({ audit, companyId }: On, rpc: string, target: string): Promise<void> =>
  audit.note({ companyId, email: 'operator', rpc, target, network: '' }, 'done')
