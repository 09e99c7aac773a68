import type { EventLog, LogRecord } from '../../eventlog/eventlog.ts'
import { decodeRecord } from '../../eventlog/record.ts'
import type { UnreadRange } from '../analytics/progress.ts'

/** Where on the log an event lies, and when the gateway received it (microseconds since 1970). */
export interface LogPlace {
  readonly partition: number
  readonly offset: number
  readonly receivedAtUs: bigint
}

/** What a search of the log found; `cut-short`: the bounds were reached before every range was read. */
export type Found = { readonly at: LogPlace } | 'nowhere' | 'cut-short'

/** Bounds of one search: it runs beside the traffic, on the gateway's only thread. */
export const scanBounds = { records: 50_000, timeMs: 3_000 }

/** Looks for an event of a company among the unread records; every partition gets an equal share of the bound on records. */
export async function scanLog(
  log: EventLog,
  wanted: { readonly companyId: number; readonly eventId: string; readonly ranges: readonly UnreadRange[] },
  bounds: { readonly records: number; readonly timeMs: number } = scanBounds,
): Promise<Found> {
  const id = Buffer.from(wanted.eventId.replaceAll('-', ''), 'hex')
  const endsAt = performance.now() + bounds.timeMs
  let left = bounds.records
  let cutShort = false
  for (const [index, range] of wanted.ranges.entries()) {
    const share = Math.floor(left / (wanted.ranges.length - index))
    const to = Math.min(range.to, range.from + share)
    if (to < range.to) cutShort = true
    for await (const records of inTime(log.scan({ ...range, to }), endsAt)) {
      if (records === 'late') return 'cut-short'
      const at = findIn(records, { id, companyId: wanted.companyId, partition: range.partition })
      if (at) return { at }
    }
    left -= to - range.from
  }
  return cutShort ? 'cut-short' : 'nowhere'
}

/** The id's bytes are looked for before anything is decoded: nearly every record is passed over by one memory search. */
function findIn(
  records: readonly LogRecord[],
  wanted: { id: Buffer; companyId: number; partition: number },
): LogPlace | undefined {
  for (const { offset, value } of records) {
    if (!Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(wanted.id)) continue
    const decoded = decodeRecord(value)
    if (!decoded.ok) continue
    const { companyId, eventId, receivedAtUs } = decoded.envelope
    if (companyId === wanted.companyId && wanted.id.equals(eventId)) {
      return { partition: wanted.partition, offset, receivedAtUs }
    }
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
