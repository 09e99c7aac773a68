import type { Check, Violation } from './evidence.ts'
import { numberOf } from './number-of.ts'

/** I10: what an operator must know was written down: incidents of the kinds provoked and no others, poison as dead letters. */
export const alertsRaised: Check = async ({ database, account }) => {
  const found: Violation[] = []
  const rows = await database.query<{ kind: string }>('select distinct kind from ingest_incident')
  const kinds = new Set(rows.map(({ kind }) => kind))
  for (const kind of account.incidents) {
    if (!kinds.has(kind)) found.push({ invariant: 'I10', message: `no incident ${kind} was written down` })
  }
  for (const kind of kinds) {
    if (!account.incidents.has(kind))
      found.push({ invariant: 'I10', message: `an incident ${kind} came without a cause` })
  }
  const [dead] = await database.query<{ poison: string }>(
    `select count(*) as poison from dead_letters where reason in ('RECORD_CORRUPT', 'RECORD_UNDECODABLE')`,
  )
  if (numberOf(dead?.poison) !== account.poison) {
    found.push({ invariant: 'I10', message: `${account.poison} poison records became ${dead?.poison} dead letters` })
  }
  return found
}
