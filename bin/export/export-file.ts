import { createWriteStream } from 'node:fs'
import { open, truncate } from 'node:fs/promises'
import { create, toJson } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { ExportEventsRequestSchema, ExportFormat } from '../../proto/gen/userflow/v1/export_pb.ts'
import { retry } from '../../runtime/retry.ts'
import { ExportRefused, fetchPart, type Part } from './fetch-part.ts'
import type { ExportOptions } from './options.ts'
import { type ExportState, readState, removeState, writeState } from './state.ts'

/** Where to ask, and who is told how far it is. */
export interface ExportRun {
  readonly http: string
  readonly key: string
  /** Called after each part. */
  readonly onPart: (state: ExportState) => void
}

/** Exports until there is no event left. Resolves with what was written. */
export async function exportFile(options: ExportOptions, run: ExportRun): Promise<ExportState> {
  let state = (options.resume ? await resumed(options) : undefined) ?? (await begun(options))
  for (;;) {
    const { next, state: after } = await writePart(options, run, state)
    state = after
    if (next === '') break
    await writeState(options.out, state)
    run.onPart(state)
  }
  await removeState(options.out)
  return state
}

async function begun({ out, words, toMs, resume }: ExportOptions): Promise<ExportState> {
  if (!resume && (await readState(out))) {
    throw new Error(`${out} is an export that was interrupted: go on with --resume, or delete ${out}.state.`)
  }
  await (await open(out, 'w')).close()
  return { words, toMs, receivedBefore: '', after: '', rows: 0, bytes: 0, part: 1 }
}

async function resumed({ out, words }: ExportOptions): Promise<ExportState | undefined> {
  const state = await readState(out)
  if (state && state.words !== words) throw new Error(`${out} was begun in other words: ${state.words}`)
  return state
}

/** One part, tried again from its beginning when it breaks off. */
async function writePart(options: ExportOptions, run: ExportRun, state: ExportState) {
  const isParquet = options.format === ExportFormat.PARQUET
  const file = isParquet && state.part > 1 ? `${options.out}-${state.part}` : options.out
  const body = toJson(ExportEventsRequestSchema, requestFor(options, state)) as object
  const attempt = async (): Promise<{ part: Part; bytes: number }> => {
    if (isParquet) await (await open(file, 'w')).close()
    else await truncate(file, state.bytes)
    const to = createWriteStream(file, { flags: 'a', flush: true, highWaterMark: 1024 * 1024 })
    const part = await fetchPart(run, body, to)
    return { part, bytes: state.bytes + to.bytesWritten }
  }
  const { part, bytes } = await retry(attempt, {
    attempts: 5,
    firstMs: 500,
    mostMs: 8_000,
    passing: (error) => !(error instanceof ExportRefused),
  })
  return {
    next: part.next,
    state: {
      ...state,
      receivedBefore: part.receivedBefore,
      after: part.next,
      rows: state.rows + part.rows,
      bytes: isParquet ? 0 : bytes,
      part: state.part + 1,
    },
  }
}

function requestFor(options: ExportOptions, { toMs, after, receivedBefore }: ExportState) {
  const { fromMs, siteIds, filters, includeBots, format, partRows } = options
  const request = create(ExportEventsRequestSchema, {
    question: { from: timestampFromMs(fromMs), to: timestampFromMs(toMs), siteIds: [...siteIds], filters, includeBots },
    format,
    after,
    limit: partRows,
  })
  if (receivedBefore !== '') request.receivedBefore = timestampOf(receivedBefore)
  return request
}

/** ISO 8601 with microseconds, as the gateway writes it. */
function timestampOf(iso: string) {
  const whole = timestampFromMs(Date.parse(`${iso.slice(0, 19)}Z`))
  whole.nanos = Number(iso.slice(20, 26)) * 1_000
  return whole
}
