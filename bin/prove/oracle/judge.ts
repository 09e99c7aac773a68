import { alertsRaised } from './alerts.ts'
import { balanceZero } from './balance.ts'
import type { Check, Evidence, Violation } from './evidence.ts'
import { nothingLeaks } from './leaks.ts'
import { rollupsEqual } from './rollups.ts'
import { sessionsComplete } from './sessions.ts'
import { acceptedOnce, nothingElse, rejectedNever, unknownAtMostOnce } from './stored-events.ts'
import { tenantsApart } from './tenants.ts'

/** I1 to I10 of the proof, in their order. */
const checks: readonly Check[] = [
  acceptedOnce,
  rejectedNever,
  unknownAtMostOnce,
  nothingElse,
  rollupsEqual,
  sessionsComplete,
  balanceZero,
  tenantsApart,
  nothingLeaks,
  alertsRaised,
]

/** Holds every invariant against the evidence; the ledger must be loaded. Resolves with what is broken. */
export async function judge(evidence: Evidence): Promise<Violation[]> {
  const found: Violation[] = []
  for (const check of checks) found.push(...(await check(evidence)))
  return found
}
