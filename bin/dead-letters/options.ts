import { parseArgs } from 'node:util'

export const help = `The inbox of what was not stored as an event: by cause, with the bytes, and back on the log after a fix.

  npm run dead-letters -- list [--all]
  npm run dead-letters -- show [--reason R] [--limit N] [--all]
  npm run dead-letters -- replay [--reason R] [--field F] [--id ID …] [--dry-run]

  list         the causes: how many letters wait, since when, and examples
  show         letters with their bytes, last kept first (default 20, at most 1,000)
  replay       judges waiting letters again by the present rules; those that are valid now become events, each once
  --reason R   only this reason, such as URL_TOO_LONG
  --field F    only this field; '' for letters that name none
  --id ID      only this letter, topic/partition/offset; may be repeated
  --dry-run    only say what would become of them
  --all        also what a replay has put on the log since
  --unowned    list and show: records of which nobody can tell the company; reads Postgres itself, by DATABASE_URL or the
               one of a running \`npm start\` on DATA_DIR
  --grpc H:P   the gateway's gRPC door (default 127.0.0.1:50051)
  --json       JSON, bytes in base64

Needs the secret key: BOOTSTRAP_SECRET_KEY, or keys.json of \`npm start\`. Ends with 1 when a letter is to be replayed again.`

/** What to do. */
export interface Options {
  readonly command: 'list' | 'show' | 'replay'
  readonly reason: string
  /** Absent: any. */
  readonly field: string | undefined
  readonly ids: readonly string[]
  readonly limit: number
  readonly dryRun: boolean
  readonly all: boolean
  readonly unowned: boolean
  readonly grpc: string | undefined
  readonly json: boolean
}

/** Reads the command line; undefined when help is asked for. @throws Error saying what is wrong. */
export function readOptions(args: readonly string[]): Options | undefined {
  const flag = { type: 'boolean', default: false } as const
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      reason: text,
      field: text,
      id: { type: 'string', multiple: true },
      limit: text,
      'dry-run': flag,
      all: flag,
      unowned: flag,
      grpc: text,
      json: flag,
      help: { ...flag, short: 'h' },
    },
  })
  if (values.help) return undefined
  const [command, ...more] = positionals
  if (command !== 'list' && command !== 'show' && command !== 'replay') throw new Error('Say list, show or replay.')
  if (more.length > 0) throw new Error(`"${more[0]}" is too much: letters are named by --id.`)
  if (command === 'replay' && values.unowned) throw new Error('What belongs to nobody cannot be replayed.')
  const limit = Number(values.limit ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw new Error('--limit is a whole number, 1 to 1000.')
  return {
    command,
    reason: values.reason ?? '',
    field: values.field,
    ids: values.id ?? [],
    limit,
    dryRun: values['dry-run'],
    all: values.all,
    unowned: values.unowned,
    grpc: values.grpc,
    json: values.json,
  }
}
