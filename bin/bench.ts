import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { processEnv } from '../runtime/env.ts'
import { type BenchResult, fallen, rowsOf } from './bench/figures.ts'
import { commitId } from './bench/process-cost.ts'
import { measureAll } from './bench/program.ts'

const help = `Measures a UserFlow of its own, as ratios to raw COPY of the same rows on the same machine in the same run.

  npm run bench -- [--events 50000] [--pairs 3] [--json] [--compare FILE]

  --events N      events of one measure (default 50000)
  --pairs N       measures of each kind, in turns with raw COPY; the median counts (default 3);
                  delays, disk and memory are measured once
  --json          print the result as JSON, to be kept for --compare
  --compare FILE  exit with 1 where a ratio fell by more than 15 % against an earlier result

The log is Kafka where KAFKA_BROKERS is set, else the embedded one. Needs Linux (/proc).`

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '50000' },
    pairs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    compare: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

async function run(): Promise<number> {
  const env = processEnv()
  const before = flags.compare ? (JSON.parse(await readFile(flags.compare, 'utf8')) as BenchResult) : undefined
  const amount = { events: Number(flags.events), pairs: Number(flags.pairs) }
  const result: BenchResult = {
    at: new Date().toISOString(),
    commit: commitId(),
    log: env.KAFKA_BROKERS ? 'kafka' : 'embedded',
    cores: availableParallelism(),
    ...amount,
    figures: await measureAll(env, amount, (what) => console.error(what)),
  }
  if (flags.json) console.log(JSON.stringify(result, undefined, 2))
  else console.table(rowsOf(result))
  const worse = before ? fallen(result, before) : []
  for (const line of worse) console.error(line)
  return worse.length > 0 ? 1 : 0
}

if (flags.help) console.log(help)
else {
  process.exitCode = await run().catch((error: unknown) => {
    console.error(error)
    return 1
  })
}
