import type { Span, VisitorState } from '../sessionize/fold.ts'
import type { SessionlessEvent } from '../sessionize/sessionless-event.ts'
import type { WriteSession } from './session.ts'

/**
 * Reads what is remembered of the visitors of these events; unknown visitors are absent. It may be read outside the
 * transaction that stores the new states: who stores them has to own the partition at the same offset.
 */
export async function loadStates(
  session: WriteSession,
  events: readonly SessionlessEvent[],
): Promise<readonly VisitorState[]> {
  const visitors = new Map(events.map((event) => [`${event.companyId} ${event.siteId} ${event.visitorId}`, event]))
  const asked = [...visitors.values()]
  const { rows } = await session.client.query<{
    company_id: number
    site_id: number
    visitor_id: string
    spans: readonly Span[]
  }>({
    name: 'visitor_states',
    text: 'select company_id, site_id, visitor_id, spans from visitor_states($1, $2, $3)',
    values: [asked.map((v) => v.companyId), asked.map((v) => v.siteId), asked.map((v) => v.visitorId)],
  })
  return rows.map((row) => ({
    companyId: row.company_id,
    siteId: row.site_id,
    visitorId: row.visitor_id,
    spans: row.spans,
  }))
}
