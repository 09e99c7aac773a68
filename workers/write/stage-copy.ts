import type { Connection, Submittable } from 'pg'
import { stageColumns } from '../../sql/stage.ts'
import type { WriteSession } from './session.ts'

const copyText = `copy stage_events (${stageColumns.map(([name]) => name).join(', ')}) from stdin (format binary)`

/** Signature, flags and length of the header's extension of Postgres' binary COPY format. */
const header = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex')
/** A row with −1 columns ends the data. */
const trailer = Buffer.from([0xff, 0xff])
const copyDone = Buffer.from([0x63, 0, 0, 0, 4])

/**
 * Copies rows in binary COPY format (without header and trailer) into the session's `stage_events`.
 * Nothing of a failed COPY stays. @throws the driver's error; `code` is the SQLSTATE.
 */
export async function stageRows(session: WriteSession, rows: readonly Uint8Array[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    session.client.query(new CopyIn(rows, (error) => (error ? reject(error) : resolve())))
  })
}

/**
 * A COPY FROM STDIN whose data is all at hand: one message, three writes. Not pg-copy-streams, because there a server error
 * that comes while data still waits for the socket ends in a TypeError nobody can catch (it drains into a null connection).
 */
class CopyIn implements Submittable {
  /** pg wraps it with its query time-out, so every end of the query must pass through it. */
  callback: (error: Error | null) => void
  readonly #rows: readonly Uint8Array[]

  constructor(rows: readonly Uint8Array[], done: (error: Error | null) => void) {
    this.#rows = rows
    this.callback = done
  }

  submit(connection: Connection): void {
    connection.query(copyText)
  }

  handleCopyInResponse(connection: Connection): void {
    const bytes = this.#rows.reduce((sum, part) => sum + part.length, header.length + trailer.length)
    const head = Buffer.allocUnsafe(5)
    head.writeUInt8(0x64, 0)
    head.writeUInt32BE(bytes + 4, 1)
    const { stream } = connection
    stream.cork()
    for (const part of [head, header, ...this.#rows, trailer, copyDone]) stream.write(part)
    stream.uncork()
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.callback(error)
  }

  handleReadyForQuery(): void {
    this.callback(null)
  }
}
