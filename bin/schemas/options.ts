import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { SchemaMode } from '../../proto/gen/userflow/v1/schemas_pb.ts'

export const help = `Contracts of a company's own: what the properties of its custom events have to be, as JSON Schema 2020-12.

  npm run schemas -- list
  npm run schemas -- put FILE [--name NAME] [--mode off|report|enforce] [--although-it-rejects]
  npm run schemas -- mode NAME off|report|enforce [--although-it-rejects]
  npm run schemas -- try NAME [FILE]

  list                    schemas, their views, and what broke them in report mode in the last 7 days
  put                     makes the first or the next version; a first one only reports unless --mode says otherwise
  mode                    off: not looked at. report: events that break it are stored and counted. enforce: they are rejected
  try                     how many of the last 7 days' events would be rejected, by the file or by the newest version
  --name NAME             name of the events (default: the file's name without .json)
  --although-it-rejects   enforce it although it would have rejected some of these events
  --grpc H:P              the gateway's gRPC door (default 127.0.0.1:50051)
  --json                  JSON

Needs a secret key with the scope admin (list and try: read): BOOTSTRAP_SECRET_KEY, or keys.json of \`npm start\`.
Ends with 1 when try finds events that would be rejected. docs/schemas.md has an example.`

const modes: Readonly<Record<string, SchemaMode>> = {
  off: SchemaMode.OFF,
  report: SchemaMode.REPORT,
  enforce: SchemaMode.ENFORCE,
}

/** The word for a mode of the contract. */
export const modeWord = (mode: SchemaMode): string =>
  Object.keys(modes).find((word) => modes[word] === mode) ?? 'unknown'

/** What to do. */
export interface Options {
  readonly command: 'list' | 'put' | 'mode' | 'try'
  /** Empty for list. */
  readonly name: string
  /** Undefined: none was named. */
  readonly file: string | undefined
  /** Unspecified: none was named. */
  readonly mode: SchemaMode
  readonly althoughItRejects: boolean
  readonly grpc: string | undefined
  readonly json: boolean
}

/** Reads the command line; undefined when help is asked for. @throws Error saying what is wrong */
export function readOptions(args: readonly string[]): Options | undefined {
  const flag = { type: 'boolean', default: false } as const
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: text,
      mode: text,
      'although-it-rejects': flag,
      grpc: text,
      json: flag,
      help: { ...flag, short: 'h' },
    },
  })
  if (values.help) return undefined
  const [command, ...words] = positionals
  const { althoughItRejects, grpc, json } = { ...values, althoughItRejects: values['although-it-rejects'] }
  const said = { althoughItRejects, grpc, json, mode: modeOf(values.mode) }
  switch (command) {
    case 'list':
      return { ...said, command, name: '', file: only(words, 0)[0] }
    case 'put': {
      const [file] = only(words, 1, 'Say the file of the schema.')
      return { ...said, command, name: values.name ?? basename(file!).replace(/(?:\.schema)?\.json$/, ''), file }
    }
    case 'mode': {
      const [name, mode] = only(words, 2, 'Say the name of the events and off, report or enforce.')
      return { ...said, command, name: name!, file: undefined, mode: modeOf(mode) }
    }
    case 'try': {
      const [name, file] = words.length === 2 ? words : only(words, 1, 'Say the name of the events.')
      return { ...said, command, name: name!, file }
    }
    default:
      throw new Error('Say list, put, mode or try.')
  }
}

function only(words: readonly string[], count: number, wanted = ''): readonly string[] {
  if (words.length > count) throw new Error(`"${words[count]}" is too much.`)
  if (words.length < count) throw new Error(wanted)
  return words
}

function modeOf(word: string | undefined): SchemaMode {
  if (word === undefined) return SchemaMode.UNSPECIFIED
  if (Object.hasOwn(modes, word)) return modes[word]!
  throw new Error(`The mode is off, report or enforce, not "${word}".`)
}
