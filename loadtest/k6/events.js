import encoding from 'k6/encoding'
import { settings } from './settings.js'

/**
 * Events are cut from templates: of each event only its id, session and visitor are new. The time is the one in the id.
 * In bytes each of the three is laid out at a multiple of three, so its base64 can be put together from a table.
 */
const templates = JSON.parse(open(settings.templates))

const hexTable = []
const base64Table = []
for (let number = 0; number < 4096; number++) {
  const hex = `00${number.toString(16)}`.slice(-3)
  hexTable.push(hex)
  base64Table.push(encoding.b64encode(hex))
}
const idHead = templates.idHead
const sessionHead = templates.sessionHead
const visitorHead = templates.visitorHead

/** Twelve hex digits of a number below 2^36, three digits a step. */
const digits = (table, number) =>
  table[0] +
  table[Math.floor(number / 16777216) % 4096] +
  table[Math.floor(number / 4096) % 4096] +
  table[number % 4096]

let events = 0
let batches = 0

/** The first 24 characters of a UUID of version 7: time, virtual user, variant. */
function idPrefix() {
  const time = `000000000000${Date.now().toString(16)}`.slice(-12)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hexTable[__VU % 4096]}-8000-`
}

/** Calls `make` for each event of the next batch with its number, session and template. */
function nextBatch(make) {
  // Virtual users begin at places far apart, and each walks through all sessions.
  const first = (__VU * 7919 + batches++) * settings.sessionsPerBatch
  const made = []
  for (let index = 0; index < settings.batch; index++) {
    const session = (first + (index % settings.sessionsPerBatch)) % settings.sessions
    made.push(make(events++, session, index % templates.bytes.length))
  }
  return made
}

/** A batch of events as base64 of their wire bytes, as k6 wants fields of type bytes. */
export function batchOfBytes() {
  const id = idHead + encoding.b64encode(idPrefix())
  return nextBatch((number, session, template) => {
    const who = digits(base64Table, session)
    return id + digits(base64Table, number) + sessionHead + who + visitorHead + who + templates.bytes[template]
  })
}

/** The same as JSON text. */
export function batchOfJson() {
  const id = `{"eventId":"${idPrefix()}`
  const made = nextBatch((number, session, template) => {
    const who = digits(hexTable, session)
    return `${id}${digits(hexTable, number)}","sessionId":"s${who}","visitorId":"v${who}",${templates.json[template]}`
  })
  return `{"events":[${made.join(',')}]}`
}
