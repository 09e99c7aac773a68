import type { EventLog, LogRecord } from '../../eventlog/eventlog.ts'
import { decodeRecord } from '../../eventlog/record.ts'
import type { EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { UnreadRange } from '../analytics/progress.ts'

/** An event that lies on the log: where, and what the gateway wrote of it. */
export interface LoggedEvent {
  readonly partition: number
  readonly offset: number
  readonly envelope: EventEnvelope
}

/** What a search of the log found; `cut-short`: the bounds were reached before every range was read. */
export type Found = { readonly at: LoggedEvent } | 'nowhere' | 'cut-short'

/** Bounds of one search: it runs beside the traffic, on the gateway's only thread. */
export interface ScanBounds {
  readonly records: number
  readonly timeMs: number
}

const usualBounds: ScanBounds = { records: 50_000, timeMs: 3_000 }

/** Looks for an event of a company among the unread records; every partition gets an equal share of the bound on records. */
export async function scanLog(
  log: EventLog,
  wanted: { readonly companyId: number; readonly eventId: string; readonly ranges: readonly UnreadRange[] },
  bounds: ScanBounds = usualBounds,
): Promise<Found> {
  const id = Buffer.from(wanted.eventId.replaceAll('-', ''), 'hex')
  const isWanted = ({ companyId, eventId }: EventEnvelope) => companyId === wanted.companyId && id.equals(eventId)
  let found: LoggedEvent | undefined
  const complete = await readAll(log, { ranges: wanted.ranges, bounds }, (partition, records) => {
    found = pick(records, partition, { holds: id, isWanted }).next().value ?? undefined
    return found !== undefined
  })
  if (found) return { at: found }
  return complete ? 'nowhere' : 'cut-short'
}

/** Looks in the same way for the event of a site that was rejected and received last. */
export async function scanForLastRejected(
  log: EventLog,
  wanted: { readonly companyId: number; readonly siteId: number; readonly ranges: readonly UnreadRange[] },
  bounds: ScanBounds = usualBounds,
): Promise<Found> {
  const isWanted = ({ companyId, siteId, rejectedReason }: EventEnvelope) =>
    companyId === wanted.companyId && siteId === wanted.siteId && rejectedReason !== ''
  let last: LoggedEvent | undefined
  const complete = await readAll(log, { ranges: wanted.ranges, bounds }, (partition, records) => {
    for (const one of pick(records, partition, { holds: rejectedTag, isWanted })) {
      if (last === undefined || one.envelope.receivedAtUs >= last.envelope.receivedAtUs) last = one
    }
    return false
  })
  if (last) return { at: last }
  return complete ? 'nowhere' : 'cut-short'
}

/** Tag of EventEnvelope.rejected_reason: field 18, wire type 2. */
const rejectedTag = Buffer.from([0x92, 0x01])

/** Shows the records of the ranges until `look` says that this is enough. False: the bounds were reached before. */
async function readAll(
  log: EventLog,
  { ranges, bounds }: { readonly ranges: readonly UnreadRange[]; readonly bounds: ScanBounds },
  look: (partition: number, records: readonly LogRecord[]) => boolean,
): Promise<boolean> {
  const endsAt = performance.now() + bounds.timeMs
  let left = bounds.records
  let complete = true
  for (const [index, range] of ranges.entries()) {
    const share = Math.floor(left / (ranges.length - index))
    const to = Math.min(range.to, range.from + share)
    if (to < range.to) complete = false
    for await (const records of inTime(log.scan({ ...range, to }), endsAt)) {
      if (records === 'late') return false
      if (look(range.partition, records)) return true
    }
    left -= to - range.from
  }
  return complete
}

/** The bytes are looked for before anything is decoded: nearly every record is passed over by one memory search. */
function* pick(
  records: readonly LogRecord[],
  partition: number,
  wanted: { readonly holds: Buffer; readonly isWanted: (envelope: EventEnvelope) => boolean },
): Generator<LoggedEvent, undefined> {
  for (const { offset, value } of records) {
    if (!Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(wanted.holds)) continue
    const decoded = decodeRecord(value)
    if (decoded.ok && wanted.isWanted(decoded.envelope)) yield { partition, offset, envelope: decoded.envelope }
  }
  return undefined
}

/** Passes chunks on until the time is up, then says 'late' and lets go of the source, even if it never answers. */
async function* inTime<T>(source: AsyncIterable<T>, endsAt: number): AsyncGenerator<T | 'late'> {
  const iterator = source[Symbol.asyncIterator]()
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => resolve('late'), Math.max(0, endsAt - performance.now()))
  try {
    while (performance.now() < endsAt) {
      const next = iterator.next()
      next.catch(() => undefined)
      const step = await Promise.race([next, late])
      if (step === 'late') break
      if (step.done) return
      yield step.value
    }
    yield 'late'
  } finally {
    clearTimeout(timer)
    iterator.return?.().catch(() => undefined)
  }
}
