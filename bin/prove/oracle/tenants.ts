import type { Check, Violation } from './evidence.ts'

const eventsAsked = 500

/** I8: asked with its own key, a company is answered its own events and no other's. */
export const tenantsApart: Check = async ({ database, tenants, http }) => {
  const found: Violation[] = []
  for (const { companyId, key } of tenants) {
    const response = await fetch(`${http}/userflow.v1.AnalyticsService/RecentEvents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify({ limit: eventsAsked }),
    })
    const { events = [] } = (await response.json()) as { events?: { eventId: string }[] }
    const ids = events.map(({ eventId }) => eventId)
    const strange = await database.query<{ event_id: string }>(
      'select event_id from prove_ledger where event_id = any ($1::uuid[]) and company_id <> $2',
      [ids, companyId],
    )
    if (ids.length === 0)
      found.push({ invariant: 'I8', message: `company ${companyId} is answered nothing (${response.status})` })
    if (strange.length > 0)
      found.push({ invariant: 'I8', message: `company ${companyId} sees ${strange[0]?.event_id} of another` })
  }
  return found
}
