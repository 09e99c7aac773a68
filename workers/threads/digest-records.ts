import { Num, Text } from '../../eventlog/record-fields.ts'
import { RecordView } from '../../eventlog/record-view.ts'
import type { Tools } from '../enrich/draft.ts'
import type { SessionlessEvent } from '../sessionize/sessionless-event.ts'
import { accountOf, Balance } from './balance.ts'
import { writeRow } from './columns.ts'
import { CopyWriter } from './copy-writer.ts'
import { contractRefusal, deadLetter } from './dead-letters.ts'
import type { DeadLetter, Digest } from './digest.ts'
import { type PackedRecords, type UnpackedRecord, unpackRecords } from './packed-records.ts'
import type { Refusal } from './refusal.ts'
import { buildRow, type Row } from './row.ts'
import { SeenAgents } from './seen-agents.ts'
import { uuidText } from './uuid-text.ts'

/** A row repeats most of its record's bytes and has 53 lengths; where that is too little, the buffer grows. */
const rowOverheadBytes = 250

/** Turns packed records into a digest. Every record ends as a row or as a dead letter; none can make the others fail. */
export function digestRecords(packed: PackedRecords, tools: Tools): Digest {
  const batch = new Batch(packed, tools)
  for (const record of unpackRecords(packed)) batch.add(record)
  return batch.finish()
}

class Batch {
  readonly #tools: Tools
  readonly #out: CopyWriter
  readonly #view = new RecordView()
  readonly #rowStarts: Uint32Array
  readonly #rowOffsets: Float64Array
  readonly #sessionless: SessionlessEvent[] = []
  readonly #deadLetters: DeadLetter[] = []
  readonly #agents = new SeenAgents()
  readonly #balance = new Balance()
  #rows = 0
  #oldestUs = 0
  #newestUs = 0

  constructor({ count, buffer }: PackedRecords, tools: Tools) {
    this.#tools = tools
    this.#out = new CopyWriter(buffer.byteLength * 1.25 + count * rowOverheadBytes)
    this.#rowStarts = new Uint32Array(count + 1)
    this.#rowOffsets = new Float64Array(count)
  }

  add(record: UnpackedRecord): void {
    const unreadable = this.#view.read(record.value)
    const view = unreadable === undefined ? this.#view : undefined
    this.#balance.take(accountOf(view))
    const refusal = unreadable === undefined ? this.#store(record.offset) : { ...unreadable, field: '' }
    if (refusal !== undefined) this.#deadLetters.push(deadLetter(record, view, refusal))
  }

  finish(): Digest {
    this.#rowStarts[this.#rows] = this.#out.position
    return {
      rows: this.#out.written(),
      rowStarts: this.#rowStarts.slice(0, this.#rows + 1),
      rowOffsets: this.#rowOffsets.slice(0, this.#rows),
      sessionless: this.#sessionless,
      deadLetters: this.#deadLetters,
      agents: this.#agents.seen(),
      taken: this.#balance.taken(),
      latestReceivedUs: this.#balance.latestReceivedUs,
      received: { oldestUs: this.#oldestUs, newestUs: this.#newestUs },
    }
  }

  /** Writes the record's row; what was written of one that turns out to be impossible is taken back. */
  #store(logOffset: number): Refusal | undefined {
    const start = this.#out.position
    try {
      if (this.#view.length(Text.rejectedReason) > 0) return contractRefusal(this.#view)
      const row = buildRow(this.#view, logOffset, this.#tools)
      if ('reason' in row) return row
      this.#note(row, start, writeRow(row, this.#out))
      return undefined
    } catch (error) {
      this.#out.rewind(start)
      return { reason: 'ROW_UNSTORABLE', field: '', message: `the row could not be written: ${error}` }
    }
  }

  #note({ record, logOffset, madeVisitorId, found }: Row, start: number, sessionAt: number): void {
    const row = this.#rows++
    this.#rowStarts[row] = start
    this.#rowOffsets[row] = logOffset
    this.#agents.see(record.number(Num.companyId), found.agent)
    // A replayed event lay among the dead letters: its age says nothing of how fast events become visible.
    if (record.number(Num.replayed) === 0) this.#noteReceived(record.number(Num.receivedAtUs))
    if (sessionAt === -1) return
    this.#sessionless.push({
      row,
      at: sessionAt,
      companyId: record.number(Num.companyId),
      siteId: record.number(Num.siteId),
      visitorId: madeVisitorId ?? record.text(Text.visitorId),
      timeUs: record.number(Num.eventTimeUs),
      eventId: uuidText(record.bytes.subarray(record.start(Text.eventId), record.end(Text.eventId))),
    })
  }

  #noteReceived(atUs: number): void {
    if (this.#oldestUs === 0 || atUs < this.#oldestUs) this.#oldestUs = atUs
    if (atUs > this.#newestUs) this.#newestUs = atUs
  }
}
