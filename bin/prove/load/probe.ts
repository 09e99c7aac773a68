import { randomUUID } from 'node:crypto'
import type { Probe } from '../oracle/evidence.ts'
import type { GatewayProcess } from '../processes.ts'
import type { Tenant } from '../tenants.ts'

/** A gateway's own deadline is ten seconds. */
const answerWithinMs = 15_000

/**
 * Sends one event over the HTTP door. `retry`: its sender was told to send it again, by a verdict or by an error of the log;
 * `other`: no answer in time, or one that a sender can do nothing with.
 */
export async function sendProbe(
  gateway: GatewayProcess,
  { companyId, key }: Tenant,
): Promise<{ answer: 'accepted' | 'retry' | 'other'; probe: Probe }> {
  const eventId = randomUUID()
  const sentMs = Date.now()
  const told = await ask(gateway, key, { eventId, eventTime: new Date(sentMs).toISOString(), pageView: {} })
  return { answer: told, probe: { eventId, companyId, sentMs, accepted: told === 'accepted' } }
}

async function ask(gateway: GatewayProcess, key: string, event: object): Promise<'accepted' | 'retry' | 'other'> {
  try {
    const response = await fetch(`${gateway.http}/userflow.v1.IngestService/RecordEvents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify({ events: [event] }),
      signal: AbortSignal.timeout(answerWithinMs),
    })
    const text = await response.text()
    if (!response.ok) return text.includes('LOG_DOWN') ? 'retry' : 'other'
    const { accepted = 0, rejected = [] } = JSON.parse(text) as { accepted?: number; rejected?: { status?: string }[] }
    if (accepted === 1) return 'accepted'
    return rejected[0]?.status === 'RETRY' ? 'retry' : 'other'
  } catch {
    return 'other'
  }
}
