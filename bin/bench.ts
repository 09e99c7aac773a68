import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Env, processEnv } from '../runtime/env.ts'
import { findChromium } from './bench/console/chromium-path.ts'
import { measureConsole } from './bench/console/measure-console.ts'
import { consoleHelp, readConsoleOptions } from './bench/console/options.ts'
import { consoleRows } from './bench/console/print.ts'
import { type BenchResult, fallen, rowsOf } from './bench/figures.ts'
import { growthRows, measureGrowth } from './bench/growth.ts'
import { growthHelp, readGrowthOptions } from './bench/growth-options.ts'
import { commitId } from './bench/process-cost.ts'
import { measureAll } from './bench/program.ts'
import { queriesHelp, readQueriesOptions } from './bench/queries/options.ts'
import { rowsOf as queryRows, summaryOf } from './bench/queries/print.ts'
import { measureQueries } from './bench/queries/queries.ts'

const help = `Measures a UserFlow of its own, as ratios to raw COPY of the same rows on the same machine in the same run.

  npm run bench -- [--events 100000] [--pairs 3] [--json] [--compare FILE]

  --events N      events of one measure (default 100000)
  --pairs N       measures of each kind, in turns with raw COPY; the median counts (default 3);
                  delays, disk and memory are measured once
  --json          print the result as JSON, to be kept for --compare
  --compare FILE  exit with 1 where a ratio fell by more than 15 % against an earlier result

  npm run bench -- growth [--help]    what a million events cost with more and more stored
  npm run bench -- queries [--help]   how long every question takes
  npm run bench -- console [--help]   what the console costs a browser

The log is Kafka where KAFKA_BROKERS is set, else the embedded one. Needs Linux (/proc).`

const options = {
  events: { type: 'string', default: '100000' },
  pairs: { type: 'string', default: '3' },
  json: { type: 'boolean', default: false },
  compare: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const say = (what: string): void => console.error(what)

/** Where and on what a result was measured. */
const circumstances = (env: Env) => ({
  at: new Date().toISOString(),
  commit: commitId(),
  log: env.KAFKA_BROKERS ? ('kafka' as const) : ('embedded' as const),
  cores: availableParallelism(),
})

async function ratios(words: readonly string[]): Promise<number> {
  const { values: flags } = parseArgs({ args: [...words], options })
  if (flags.help) {
    console.log(help)
    return 0
  }
  const env = processEnv()
  const before = flags.compare ? (JSON.parse(await readFile(flags.compare, 'utf8')) as BenchResult) : undefined
  const amount = { events: Number(flags.events), pairs: Number(flags.pairs) }
  const result: BenchResult = { ...circumstances(env), ...amount, figures: await measureAll(env, amount, say) }
  if (flags.json) console.log(JSON.stringify(result, undefined, 2))
  else console.table(rowsOf(result))
  const worse = before ? fallen(result, before) : []
  for (const line of worse) console.error(line)
  return worse.length > 0 ? 1 : 0
}

/** Stopped in order: what is filled in may be tens of gigabytes. */
function stopOnSignals(): AbortController {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  return stopping
}

async function growth(words: readonly string[]): Promise<number> {
  const wanted = readGrowthOptions(words)
  if (!wanted) {
    console.log(growthHelp)
    return 0
  }
  const env = processEnv()
  const stopping = stopOnSignals()
  const { figures, notRun } = await measureGrowth(env, wanted, { say, signal: stopping.signal })
  const { json, ...amount } = wanted
  if (json) console.log(JSON.stringify({ ...circumstances(env), ...amount, figures, notRun }, undefined, 2))
  else console.table(growthRows(figures))
  for (const line of notRun) console.error(`not run: ${line}`)
  return stopping.signal.aborted ? 1 : 0
}

async function queries(words: readonly string[]): Promise<number> {
  const wanted = readQueriesOptions(words)
  if (!wanted) {
    console.log(queriesHelp)
    return 0
  }
  const { database: _, ...amount } = wanted
  const result = await measureQueries(wanted, { say, signal: stopOnSignals().signal })
  if (amount.json) console.log(JSON.stringify({ ...circumstances(processEnv()), ...amount, ...result }, undefined, 2))
  else console.table(queryRows(result.cells))
  for (const line of summaryOf(result.cells, result.notMeasured, result.sizes)) console.error(line)
  return 0
}

async function inBrowser(words: readonly string[]): Promise<number> {
  const env = processEnv()
  const wanted = readConsoleOptions(words, env)
  if (!wanted) {
    console.log(consoleHelp)
    return 0
  }
  const executablePath = findChromium(env)
  if (!executablePath) throw new Error('There is no Chromium. Install one, or name it in CHROMIUM_PATH.')
  const result = await measureConsole(wanted, { executablePath, isRoot: process.getuid?.() === 0, say })
  if (wanted.json) console.log(JSON.stringify({ at: new Date().toISOString(), commit: commitId(), ...result }))
  else console.table(consoleRows(result))
  return 0
}

const [first, ...others] = process.argv.slice(2)
const kinds = { growth, queries, console: inBrowser }
const kind = kinds[first as keyof typeof kinds]
process.exitCode = await (kind ? kind(others) : ratios(process.argv.slice(2))).catch((error: unknown) => {
  console.error(error)
  return 1
})
