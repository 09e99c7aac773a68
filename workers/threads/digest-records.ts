import { decodeRecord } from '../../eventlog/record.ts'
import type { EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
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
import { uuidText } from './uuid-text.ts'

/** A row takes about twice its record's bytes, and 53 lengths. */
const rowOverheadBytes = 300

/** Turns packed records into a digest. Every record ends as a row or as a dead letter; none can make the others fail. */
export function digestRecords(packed: PackedRecords, tools: Tools): Digest {
  const batch = new Batch(packed, tools)
  for (const record of unpackRecords(packed)) batch.add(record)
  return batch.finish()
}

class Batch {
  readonly #tools: Tools
  readonly #out: CopyWriter
  readonly #rowStarts: Uint32Array
  readonly #rowOffsets: Float64Array
  readonly #sessionless: SessionlessEvent[] = []
  readonly #deadLetters: DeadLetter[] = []
  readonly #balance = new Balance()
  #rows = 0
  #oldestUs = 0
  #newestUs = 0

  constructor({ count, buffer }: PackedRecords, tools: Tools) {
    this.#tools = tools
    this.#out = new CopyWriter(buffer.byteLength * 2 + count * rowOverheadBytes)
    this.#rowStarts = new Uint32Array(count + 1)
    this.#rowOffsets = new Float64Array(count)
  }

  add(record: UnpackedRecord): void {
    const decoded = decodeRecord(record.value)
    const envelope = decoded.ok ? decoded.envelope : undefined
    this.#balance.take(accountOf(envelope))
    const refusal = decoded.ok ? this.#store(decoded.envelope, record.offset) : { ...decoded, field: '' }
    if (refusal !== undefined) this.#deadLetters.push(deadLetter(record, envelope, refusal))
  }

  finish(): Digest {
    this.#rowStarts[this.#rows] = this.#out.position
    return {
      rows: this.#out.written(),
      rowStarts: this.#rowStarts.slice(0, this.#rows + 1),
      rowOffsets: this.#rowOffsets.slice(0, this.#rows),
      sessionless: this.#sessionless,
      deadLetters: this.#deadLetters,
      taken: this.#balance.taken(),
      latestReceivedUs: this.#balance.latestReceivedUs,
      received: { oldestUs: this.#oldestUs, newestUs: this.#newestUs },
    }
  }

  /** Writes the record's row; what was written of one that turns out to be impossible is taken back. */
  #store(envelope: EventEnvelope, logOffset: number): Refusal | undefined {
    const start = this.#out.position
    try {
      if (envelope.rejectedReason !== '') return contractRefusal(envelope)
      const row = buildRow(envelope, logOffset, this.#tools)
      if ('reason' in row) return row
      this.#note(row, start, writeRow(row, this.#out))
      return undefined
    } catch (error) {
      this.#out.rewind(start)
      return { reason: 'ROW_UNSTORABLE', field: '', message: `the row could not be written: ${error}` }
    }
  }

  #note({ envelope, logOffset, visitorId }: Row, start: number, sessionAt: number): void {
    const row = this.#rows++
    this.#rowStarts[row] = start
    this.#rowOffsets[row] = logOffset
    // A replayed event lay among the dead letters: its age says nothing of how fast events become visible.
    if (!envelope.replayed) this.#noteReceived(Number(envelope.receivedAtUs))
    if (sessionAt === -1) return
    this.#sessionless.push({
      row,
      at: sessionAt,
      companyId: envelope.companyId,
      siteId: envelope.siteId,
      visitorId,
      timeUs: Number(envelope.eventTimeUs),
      eventId: uuidText(envelope.eventId),
    })
  }

  #noteReceived(atUs: number): void {
    if (this.#oldestUs === 0 || atUs < this.#oldestUs) this.#oldestUs = atUs
    if (atUs > this.#newestUs) this.#newestUs = atUs
  }
}
