import { parseArgs } from 'node:util'

/** What questions are measured on, and how long. */
export interface QueriesOptions {
  /** An existing database; else one of its own is made. */
  readonly database: string | undefined
  /** Folder in which its own database stays; else it is removed at the end. */
  readonly folder: string | undefined
  /** Events to fill a new database with. */
  readonly events: number
  readonly companyId: number
  /** NAMEs of questions; none: all. */
  readonly only: readonly string[]
  /** Warm runs of one question over one period with one number of filters. */
  readonly runs: number
  /** No further run is begun after so long. */
  readonly seconds: number
  readonly json: boolean
}

export const queriesHelp = `Measures how long every question takes (target 5): for 1, 7, 30 and 90 days and all time, with no, one and two filters.

  npm run bench -- queries [--events 1000000] [--folder DIR] [--only NAME] [--runs 7] [--seconds 5] [--json]

  --database URL  an existing database, which is only read (default: a Postgres of its own, filled with traffic)
  --events N      how much traffic to fill in (default 1000000; about a minute and half a gigabyte a million)
  --folder DIR    keep that Postgres in DIR, and use it again next time
  --company N     whose data to ask about (default 1)
  --only NAME     one question, as npm run metric names it; may be repeated
  --runs N        warm runs of each question, period and number of filters (default 7)
  --seconds N     no further run of it after so long (default 5)
  --json          print the result as JSON

Cold is the first question of a new connection: nothing planned, no catalogue read; pages may still be in the memory of the
system. One filter is the most frequent country, two are that and the most frequent browser. Questions run one after the other.`

/** Reads the words after "queries". Undefined for --help. @throws Error saying what is wrong */
export function readQueriesOptions(words: readonly string[]): QueriesOptions | undefined {
  const { values: flags } = parseArgs({
    args: [...words],
    options: {
      database: { type: 'string' },
      events: { type: 'string', default: '1000000' },
      folder: { type: 'string' },
      company: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true, default: [] },
      runs: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (flags.help) return undefined
  if (flags.database !== undefined && flags.folder !== undefined)
    throw new Error('--database and --folder: say one of them')
  return {
    database: flags.database,
    folder: flags.folder,
    events: whole('events', flags.events, 1e9),
    companyId: whole('company', flags.company, 2 ** 31 - 1),
    only: flags.only,
    runs: whole('runs', flags.runs, 1_000),
    seconds: whole('seconds', flags.seconds, 3_600),
    json: flags.json,
  }
}

function whole(option: string, written: string, most: number): number {
  const number = Number(written)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  throw new Error(`--${option} takes whole numbers from 1 to ${most}, not ${written}`)
}
