import type { VisitorState } from '../sessionize/fold.ts'
import type { CompanyAgent, DeadLetter, Taken } from '../threads/digest.ts'

/** What `apply_batch` stores besides the staged rows. */
export interface ExtraContent {
  readonly taken: readonly Taken[]
  readonly deadLetters: readonly DeadLetter[]
  readonly states: readonly VisitorState[]
  readonly agents: readonly CompanyAgent[]
  readonly latestReceivedUs: number
  readonly high: number
}

/** The JSON argument `extra` of `apply_batch`. */
export function encodeExtra(content: ExtraContent): string {
  return JSON.stringify({
    taken: content.taken.map(({ companyId, minuteMs, count }) => [companyId, minuteMs, count]),
    dead: content.deadLetters.map((letter) => ({
      company_id: letter.companyId,
      site_id: letter.siteId,
      event_id: letter.eventId ?? null,
      reason: letter.reason,
      field: storable(letter.field),
      message: storable(letter.message),
      log_offset: letter.logOffset,
      received_at_us: letter.receivedAtUs,
      payload: Buffer.from(letter.payload.buffer, letter.payload.byteOffset, letter.payload.length).toString('base64'),
      is_record: letter.isRecord,
    })),
    states: content.states.map((state) => ({
      company_id: state.companyId,
      site_id: state.siteId,
      visitor_id: state.visitorId,
      spans: state.spans,
    })),
    agents: content.agents.map(({ companyId, agent }) => [
      companyId,
      // As text: JSON's numbers are doubles.
      String(agent.key),
      agent.userAgent,
      agent.deviceType,
      agent.browser,
      agent.browserVersion,
      agent.os,
      agent.osVersion,
    ]),
    received_to_us: content.latestReceivedUs,
    high: content.high,
  })
}

/** Dead letters quote what strangers sent, so NUL and lone surrogates, which jsonb refuses, become U+FFFD. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd').slice(0, 1_000).toWellFormed()
}
