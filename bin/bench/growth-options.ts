import { parseArgs } from 'node:util'

/** What a measure of growth is to do. */
export interface GrowthOptions {
  /** Events stored before, in millions, ascending. */
  readonly storedMillions: readonly number[]
  /** Numbers of companies; the first is measured at every size, the others at the smallest. */
  readonly companies: readonly number[]
  /** Events of one round. */
  readonly events: number
  /** Events of a batch, which are one company's. */
  readonly batch: number
  /** Rounds at each size; the median counts. */
  readonly rounds: number
  /** How long filling in may take altogether. */
  readonly fillMinutes: number
  readonly json: boolean
}

export const growthHelp = `Measures what a million events cost, in CPU seconds of gateway, worker and Postgres, with more and more stored (target 8).

  npm run bench -- growth [--stored 1,10,50] [--companies 1,10000] [--events 200000] [--rounds 3] [--fill-minutes 40] [--json]

  --stored LIST     millions of events stored before; filled in by plain SQL, at about 600 bytes each
  --companies LIST  numbers of companies: the first is measured at every size, the others at the smallest
  --events N        events of one round (default 200000)
  --batch N         events of a batch, each batch of one company and over a stream of its own (default 20)
  --rounds N        rounds at each size; the median counts (default 3)
  --fill-minutes N  how long filling in may take altogether (default 40)
  --json            print the result as JSON

What does not fit on the disk or into the time is not run, and named.`

/** Reads the words after "growth". Resolves with undefined for --help. @throws Error saying what is wrong. */
export function readGrowthOptions(words: readonly string[]): GrowthOptions | undefined {
  const { values: flags } = parseArgs({
    args: [...words],
    options: {
      stored: { type: 'string', default: '1,10,50' },
      companies: { type: 'string', default: '1,10000' },
      events: { type: 'string', default: '200000' },
      batch: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '3' },
      'fill-minutes': { type: 'string', default: '40' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (flags.help) return undefined
  const list = (name: 'stored' | 'companies', range: Range): number[] =>
    flags[name].split(',').map((text) => within(name, text, range))
  return {
    storedMillions: list('stored', { least: 0.01, most: 1_000 }).sort((one, other) => one - other),
    companies: list('companies', { least: 1, most: 100_000, whole: true }),
    events: within('events', flags.events, { least: 1_000, most: 5_000_000, whole: true }),
    batch: within('batch', flags.batch, { least: 1, most: 1_000, whole: true }),
    rounds: within('rounds', flags.rounds, { least: 1, most: 20, whole: true }),
    fillMinutes: within('fill-minutes', flags['fill-minutes'], { least: 0.1, most: 600 }),
    json: flags.json,
  }
}

interface Range {
  readonly least: number
  readonly most: number
  readonly whole?: true
}

function within(name: string, text: string, { least, most, whole }: Range): number {
  const value = Number(text)
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  throw new Error(`--${name} takes ${whole ? 'whole numbers' : 'numbers'} from ${least} to ${most}, not ${text}`)
}
