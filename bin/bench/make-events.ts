import type { Templates } from '../load/templates.ts'

/**
 * How a session's five events lie among those of the others. `apart`: 40,000 events lie between two of them, so that 5,000
 * events of one of eight partitions are of 5,000 sessions, four of five of which are known, as in the traffic of many
 * visitors. `together`: side by side, as from senders that gather.
 */
export type Spread = 'apart' | 'together'

const eventsPerSession = 5
const apartBy = 40_000
/** Traffic whose sessions lie apart is itself after so many events: until then every session is new. */
export const steadyAfter = apartBy

/** Encodes events by filling ids into encoded templates; about a microsecond each, so the generator stays cheap. */
export function createEventMaker(templates: Templates, { spread, first }: { spread: Spread; first: number }) {
  const heads = [templates.idHead, templates.sessionHead, templates.visitorHead].map((head) =>
    Buffer.from(head, 'base64'),
  )
  const rests = templates.bytes.map((rest) => Buffer.from(rest, 'base64'))
  const mark = spread === 'apart' ? 'a' : 'b'
  let number = first
  return (): Uint8Array => {
    const nth = number++
    const rest = rests[nth % rests.length]!
    const time = Date.now().toString(16).padStart(12, '0')
    const who = `${mark}${sessionOf(nth, spread).toString(16).padStart(11, '0')}`
    const id = `${time.slice(0, 8)}-${time.slice(8)}-7${mark}00-8000-${nth.toString(16).padStart(12, '0')}`
    return Buffer.concat([heads[0]!, Buffer.from(id), heads[1]!, Buffer.from(who), heads[2]!, Buffer.from(who), rest])
  }
}

/** The session of the nth event of all the traffic of this spread. */
function sessionOf(nth: number, spread: Spread): number {
  if (spread === 'together') return Math.floor(nth / eventsPerSession)
  return Math.floor(nth / apartBy) * (apartBy / eventsPerSession) + (nth % apartBy)
}
