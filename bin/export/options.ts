import { parseArgs } from 'node:util'
import { ExportFormat } from '../../proto/gen/userflow/v1/export_pb.ts'
import { wholeNumber } from '../metric/options.ts'
import { readFilter } from '../metric/read-filter.ts'

export const help = `Exports stored events from a running gateway into a file.

  npm run export -- --from TIME --to TIME --out FILE [--format F] [--resume] …

  --from TIME     start, such as 2026-11-01 or 2026-11-01T08:00:00Z; a date is midnight in UTC
  --to TIME       end, exclusive (default: now)
  --out FILE      where to; of Parquet the first part, the next ones are FILE-2, FILE-3 …
  --format F      ndjson, csv or parquet (default: by the ending of FILE, else ndjson)
  --resume        go on with an export that was interrupted; it has to be asked for in the same words
  --part-rows N   events a request asks for (default 200,000; of Parquet, the events of a file: 500,000)
  --site ID       only this site; may be repeated
  --filter F      as of npm run metric; may be repeated, and all must hold
  --bots          bots too
  --http URL      the gateway's HTTP door (default http://127.0.0.1:8080)

What was written and where to go on stands in FILE.state until the export is complete. An export that was resumed has the same
bytes as one that was not. Needs the secret key: BOOTSTRAP_SECRET_KEY, or keys.json of \`npm start\`.`

const formats = {
  ndjson: ExportFormat.NDJSON,
  csv: ExportFormat.CSV,
  parquet: ExportFormat.PARQUET,
} as const

/** What to export, and where to. */
export interface ExportOptions {
  readonly fromMs: number
  readonly toMs: number
  readonly format: ExportFormat
  readonly out: string
  readonly resume: boolean
  readonly partRows: number
  readonly siteIds: readonly number[]
  readonly filters: ReturnType<typeof readFilter>[]
  readonly includeBots: boolean
  readonly http: string | undefined
  /** The words that say what the file holds; a file is gone on with by the same ones only. */
  readonly words: string
}

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const
const many = { type: 'string', multiple: true, default: [] as string[] } as const

/** Reads the command line; undefined when help is asked for. @throws Error saying what is wrong. */
export function readOptions(args: readonly string[], nowMs = Date.now()): ExportOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: text,
      to: text,
      out: text,
      format: text,
      resume: flag,
      'part-rows': text,
      site: many,
      filter: many,
      bots: flag,
      http: text,
      help: { ...flag, short: 'h' },
    },
  })
  if (values.help) return undefined
  if (!values.out) throw new Error('Say where to: --out FILE.')
  if (!values.from) throw new Error('Say from when: --from TIME.')
  const format = formatOf(values.format ?? /\.(\w+)$/.exec(values.out)?.[1] ?? 'ndjson', values.format !== undefined)
  const usualRows = format === ExportFormat.PARQUET ? 500_000 : 200_000
  const { from, to = '', site, filter, bots } = values
  return {
    fromMs: timeOf('from', from),
    toMs: to === '' ? nowMs : timeOf('to', to),
    format,
    out: values.out,
    resume: values.resume,
    partRows: wholeNumber('part-rows', values['part-rows']) || usualRows,
    siteIds: site.map((id) => wholeNumber('site', id)),
    filters: filter.map(readFilter),
    includeBots: bots,
    http: values.http,
    words: JSON.stringify({ from, to, format, site, filter, bots }),
  }
}

function formatOf(name: string, isAsked: boolean): ExportFormat {
  if (Object.hasOwn(formats, name)) return formats[name as keyof typeof formats]
  if (!isAsked) return ExportFormat.NDJSON
  throw new Error(`--format: "${name}" is none of ${Object.keys(formats).join(', ')}`)
}

function timeOf(option: string, written: string): number {
  const ms = Date.parse(written)
  if (Number.isNaN(ms)) throw new Error(`--${option}: "${written}" is not a time such as 2026-11-01T08:00:00Z`)
  return ms
}
