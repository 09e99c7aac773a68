import { createReadStream, type ReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Event } from '../../proto/gen/userflow/v1/event_pb.ts'
import type { Verdict } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import type { BatchSender } from '../running/batch-sender.ts'
import { eventOfExport } from './from-export.ts'
import { Occurrences } from './occurrences.ts'
import { parseLine } from './parse-line.ts'
import { readLines } from './read-lines.ts'
import { digestLine, toEvent } from './to-event.ts'

/** Where an event came from, for messages. */
export interface Origin {
  readonly file: string
  readonly line: number
}

/** How the lines of a file become events. */
export interface LineReader {
  readonly maxLineBytes: number
  readonly read: (line: Buffer) => Event | { readonly problem: string }
}

/** What a run is told while it goes. */
export interface ImportOptions {
  readonly lines: LineReader
  readonly onBad: (origin: Origin, problem: string) => void
  /** Called now and then with the bytes of the file read so far. */
  readonly onBytes: (bytes: number) => void
}

/** An access log. Longer lines are no requests of a browser; events end at 64 KiB too. One for each file. */
export function logLines(site: string): LineReader {
  const occurrences = new Occurrences()
  return {
    maxLineBytes: 64 * 1024,
    read(line) {
      const parsed = parseLine(line.toString('utf8'))
      if ('problem' in parsed) return parsed
      const digest = digestLine(line)
      return toEvent(parsed, { digest, occurrence: occurrences.next(digest) }, site)
    },
  }
}

/** An NDJSON export. An event of 64 KiB is longer in JSON, where a control character takes six bytes. */
export const exportLines: LineReader = { maxLineBytes: 2 * 1024 * 1024, read: eventOfExport }

/** Sizes of the files in bytes. @throws Error of the file that cannot be read. */
export const sizesOf = (files: readonly string[]): Promise<number[]> =>
  Promise.all(files.map(async (file) => (await stat(file)).size))

/** Sends an event for each line of a file, in the order of the lines. Resolves with the number of lines. */
export async function importFile(file: string, sender: BatchSender<Origin>, options: ImportOptions): Promise<number> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 })
  const { maxLineBytes, read } = options.lines
  let lines = 0
  for await (const { number, bytes } of readLines(unpacked(file, source), maxLineBytes)) {
    lines++
    const origin = { file, line: number }
    const found = bytes ? read(bytes) : { problem: `longer than ${maxLineBytes} bytes` }
    if ('problem' in found) options.onBad(origin, found.problem)
    else await sender.add(found, origin)
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
