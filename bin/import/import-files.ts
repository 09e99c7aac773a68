import { createReadStream, type ReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Verdict } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import type { BatchSender } from '../running/batch-sender.ts'
import { Occurrences } from './occurrences.ts'
import { parseLine } from './parse-line.ts'
import { readLines } from './read-lines.ts'
import { digestLine, toEvent } from './to-event.ts'

/** Where an event came from, for messages. */
export interface Origin {
  readonly file: string
  readonly line: number
}

/** What a run is told while it goes. */
export interface ImportOptions {
  readonly site: string
  readonly onBad: (origin: Origin, problem: string) => void
  /** Called now and then with the bytes of the file read so far. */
  readonly onBytes: (bytes: number) => void
}

/** Longer lines are no requests of a browser; events end at 64 KiB too. */
const maxLineBytes = 64 * 1024

/** Sizes of the files in bytes. @throws Error of the file that cannot be read. */
export const sizesOf = (files: readonly string[]): Promise<number[]> =>
  Promise.all(files.map(async (file) => (await stat(file)).size))

/** Sends a page view for each line of a log, in the order of the lines. Resolves with the number of lines. */
export async function importFile(file: string, sender: BatchSender<Origin>, options: ImportOptions): Promise<number> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 })
  const occurrences = new Occurrences()
  let lines = 0
  for await (const { number, bytes } of readLines(unpacked(file, source), maxLineBytes)) {
    lines++
    const origin = { file, line: number }
    const parsed = bytes ? parseLine(bytes.toString('utf8')) : { problem: `longer than ${maxLineBytes} bytes` }
    if ('problem' in parsed) options.onBad(origin, parsed.problem)
    else {
      const digest = digestLine(bytes!)
      await sender.add(toEvent(parsed, { digest, occurrence: occurrences.next(digest) }, options.site), origin)
    }
    if (lines % 500 === 0) options.onBytes(source.bytesRead)
  }
  options.onBytes(source.bytesRead)
  return lines
}

function unpacked(file: string, source: ReadStream): Readable {
  if (!file.endsWith('.gz')) return source
  // The callback only keeps pipeline from throwing on its own; the reader of the unpacked bytes gets the error.
  return pipeline(source, createGunzip(), () => undefined)
}

/** A refused event in words, with its line. */
export const describe = (origin: Origin, verdict: Verdict): string =>
  `${origin.file}:${origin.line}: ${verdict.field ? `${verdict.field}: ` : ''}${verdict.message}`
