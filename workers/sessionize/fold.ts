import { sessionIdOf } from './session-id.ts'
import type { SessionlessEvent } from './sessionless-event.ts'

/** A visitor is away for longer than this: the next event opens a new session. 30 minutes, as the field agrees. */
export const sessionGapUs = 30 * 60 * 1_000_000

/**
 * How many sessions of a visitor are remembered. Late events find their session while it is among them;
 * eight cover half a day of a visitor who comes back every hour and a half, at about 600 bytes of state.
 */
export const spansKept = 8

/** A session known so far: first and last event in microseconds since 1970, and its id. */
export type Span = readonly [startUs: number, endUs: number, sessionId: string]

/** What is remembered of a visitor, spans in the order they were opened. Stored with the log's position. */
export interface VisitorState {
  readonly companyId: number
  readonly siteId: number
  readonly visitorId: string
  readonly spans: readonly Span[]
}

/**
 * Gives every event a session: one within the gap of a remembered session joins it (the one opened last, if several) and
 * extends it, any other opens a new one. Events must come in log order and `states` hold what was stored before them
 * (a missing visitor is a new one); the same input always gives the same output, so a replay gives the same ids.
 * `sessionIds` has one id an event, in order; `changed` the states to store, each visitor once.
 */
export function foldSessions(
  states: readonly VisitorState[],
  events: readonly SessionlessEvent[],
): { sessionIds: string[]; changed: VisitorState[] } {
  const known = new Map<string, VisitorState>()
  for (const state of states) known.set(visitorKey(state), state)
  const changed = new Map<string, VisitorState>()
  const sessionIds = events.map((event) => {
    const key = visitorKey(event)
    const spans = known.get(key)?.spans ?? []
    const [next, sessionId] = place(event, spans)
    if (next !== spans) {
      const state = { companyId: event.companyId, siteId: event.siteId, visitorId: event.visitorId, spans: next }
      known.set(key, state)
      changed.set(key, state)
    }
    return sessionId
  })
  return { sessionIds, changed: [...changed.values()] }
}

function visitorKey(of: { companyId: number; siteId: number; visitorId: string }): string {
  return `${of.companyId} ${of.siteId} ${of.visitorId}`
}

/** The spans after the event (the same array if nothing changed) and the id of the one it belongs to. */
function place(event: SessionlessEvent, spans: readonly Span[]): [readonly Span[], string] {
  const at = event.timeUs
  const index = spans.findLastIndex(([startUs, endUs]) => at >= startUs - sessionGapUs && at <= endUs + sessionGapUs)
  const span = spans[index]
  if (span === undefined) {
    const id = sessionIdOf(event)
    // An event told twice, whose session was forgotten in between, opens the same session again, not a second entry.
    const others = spans.filter(([, , sessionId]) => sessionId !== id)
    return [[...others, [at, at, id] as const].slice(-spansKept), id]
  }
  const [startUs, endUs, sessionId] = span
  if (at >= startUs && at <= endUs) return [spans, sessionId]
  return [spans.with(index, [Math.min(startUs, at), Math.max(endUs, at), sessionId]), sessionId]
}
