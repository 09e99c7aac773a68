import { parseArgs } from 'node:util'

export const help = `How far each partition of the log is stored, and the way out for one that stands still.

  npm run positions -- list                                  positions, lags, and the latest incidents
  npm run positions -- accept --partition N --offset M       read on at offset M, whatever lay before

  --offset M   the first record to read: at most the log's end. Records before it are not read. Reading stored ones again is
               safe, because their ids are known
  --json       JSON

Needs the variables of a worker: DATABASE_URL, or DATA_DIR of a running \`npm start\`; KAFKA_BROKERS, KAFKA_TOPIC and
KAFKA_PARTITIONS where the workers have them. Workers notice an accepted position within seconds.`

/** What to do. */
export type Options = { readonly json: boolean } & (
  | { readonly command: 'list' }
  | { readonly command: 'accept'; readonly partition: number; readonly offset: number }
)

/** Reads the command line; undefined when help is asked for. @throws Error saying what is wrong. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      partition: { type: 'string' },
      offset: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const [command, ...more] = positionals
  if (more.length > 0) throw new Error(`"${more[0]}" is too much.`)
  if (command === 'list') return { command, json: values.json }
  if (command !== 'accept') throw new Error('Say list or accept.')
  return {
    command,
    partition: whole('partition', values.partition),
    offset: whole('offset', values.offset),
    json: values.json,
  }
}

function whole(name: string, text: string | undefined): number {
  const value = Number(text)
  if (!text || !Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} is needed: a whole number from 0 on.`)
  return value
}
