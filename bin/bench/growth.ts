import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { Env } from '../../runtime/env.ts'
import { createLogger } from '../../runtime/logger.ts'
import { median } from './figures.ts'
import { type Cost, costNow, type Parts, perMillion } from './growth-cost.ts'
import { eventsPerVisitor, fill, makeCompanies } from './growth-fill.ts'
import type { GrowthOptions } from './growth-options.ts'
import type { GrowthJob } from './growth-sender.ts'
import { storedCount, waitStored } from './measures.ts'
import { type BenchSystem, type Part, startBenchSystem } from './system.ts'

/** Target 8 at one size. CPU in seconds for a million events, medians of the rounds. */
export interface GrowthFigure {
  readonly companies: number
  /** Events there were before the first round, in millions. */
  readonly storedMillions: number
  readonly gateway: number
  readonly worker: number
  readonly postgres: number
  readonly total: number
  /** Total divided by that of the smallest size measured. */
  readonly ratio: number
  readonly fillSeconds: number
  readonly databaseGigabytes: number
}

/** What was measured, and what was not, with the reason. */
export interface Growth {
  readonly figures: readonly GrowthFigure[]
  readonly notRun: readonly string[]
}

/** Vacuum in the background comes at any moment: its cost, which goes with the rows written, is left out of all sizes alike. */
const settings = { autovacuum: 'off', max_wal_size: '2GB' }
/** Measured with the rows of `fill` and all indexes, and room for the log and the log of Postgres. */
const diskBytes = { eachEvent: 800, more: 4 * 1024 ** 3 }
const sendWithinMs = 600_000
const warmUpEvents = 20_000
const waitWithinMs = 300_000

/**
 * Measures what a million events cost with more and more stored, by one number of companies, and then with the other numbers
 * at the smallest size. Each number of companies has a system of its own. Once `signal` fires nothing more is
 * begun, and what was measured so far is the result.
 */
export async function measureGrowth(
  env: Env,
  options: GrowthOptions,
  { say, signal }: { say: (what: string) => void; signal: AbortSignal },
): Promise<Growth> {
  const fillUntilMs = Date.now() + options.fillMinutes * 60_000
  const notRun: string[] = []
  const figures: Omit<GrowthFigure, 'ratio'>[] = []
  for (const [at, companies] of options.companies.entries()) {
    await using growing = await startGrowing(env, { companies, options, fillUntilMs, signal })
    for (const storedMillions of at === 0 ? options.storedMillions : options.storedMillions.slice(0, 1)) {
      const what = `${storedMillions} million stored, ${companies} companies`
      say(what)
      const figure = await growing.measure(storedMillions).catch((error: unknown) => {
        // What was measured before took hours, perhaps.
        if (signal.aborted) return 'stopped'
        throw error
      })
      if (typeof figure === 'string') notRun.push(`${what}: ${figure}`)
      else figures.push(figure)
    }
  }
  const least = figures[0]?.total ?? Number.NaN
  return { figures: figures.map((figure) => ({ ...figure, ratio: figure.total / least })), notRun }
}

/** Lines for console.table; CPU in seconds a million events. */
export const growthRows = (figures: readonly GrowthFigure[]): Record<string, number>[] =>
  figures.map(({ companies, storedMillions, ratio, fillSeconds, databaseGigabytes, ...cpu }) => ({
    companies,
    'million stored': storedMillions,
    ...Object.fromEntries(Object.entries(cpu).map(([part, seconds]) => [`${part} CPU s`, round(seconds)])),
    'of the smallest': round(ratio, 100),
    'fill s': round(fillSeconds),
    'database GB': round(databaseGigabytes, 100),
  }))

const round = (value: number, parts = 10): number => Math.round(value * parts) / parts

interface Wanted {
  readonly companies: number
  readonly options: GrowthOptions
  readonly fillUntilMs: number
  readonly signal: AbortSignal
}

/** A system on which more and more is stored. */
interface Growing extends AsyncDisposable {
  /** Fills in what is missing to this size, and measures; in words, why it cannot be. */
  measure(storedMillions: number): Promise<Omit<GrowthFigure, 'ratio'> | string>
}

async function startGrowing(env: Env, { companies, options, fillUntilMs, signal }: Wanted): Promise<Growing> {
  await using stack = new AsyncDisposableStack()
  const system = stack.use(await startBenchSystem(env, settings))
  const keyPrefix = `uf_write_${randomBytes(16).toString('hex')}_`
  await makeCompanies(system.database, companies, keyPrefix)
  const start = async (part: Promise<Part>): Promise<Part> => {
    const started = await part
    stack.defer(() => started.stop())
    return started
  }
  const gateway = await start(system.startGateway())
  const parts = { system, gateway, worker: await start(system.startWorker()) }
  const logger = createLogger('growth', 'error')
  let visitors = 0
  const fillTo = async (to: number): Promise<string | undefined> => {
    const why = await noRoomFor((to - visitors) * eventsPerVisitor)
    if (why) return why
    visitors = await fill(system.databaseUrl, { from: visitors, to, untilMs: fillUntilMs, signal }, logger)
    signal.throwIfAborted()
    if (visitors >= to) return undefined
    return `only ${(visitors * eventsPerVisitor) / 1e6} million were filled in within --fill-minutes`
  }
  const kept = stack.move()
  return {
    async measure(storedMillions) {
      const startedMs = Date.now()
      const why = await fillTo(Math.round((storedMillions * 1e6) / eventsPerVisitor))
      if (why) return why
      const fillSeconds = (Date.now() - startedMs) / 1_000
      const job = { grpc: `127.0.0.1:${gateway.ready.grpc}`, keyPrefix, companies, batch: options.batch, visitors }
      const cost = await measureRounds(parts, job, { ...options, signal })
      return { companies, storedMillions, ...cost, fillSeconds, databaseGigabytes: await gigabytes(system) }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

type Job = Omit<GrowthJob, 'events'>

async function measureRounds(
  parts: Parts,
  job: Job,
  { events, rounds, signal }: { events: number; rounds: number; signal: AbortSignal },
): Promise<Cost> {
  const { system } = parts
  const send = (count: number): Promise<number> => sendAndWait(system, { ...job, events: count }, signal)
  await send(Math.min(events, warmUpEvents))
  const costs: Cost[] = []
  for (let round = 0; round < rounds; round++) {
    await system.database.query('checkpoint')
    const before = costNow(parts)
    const accepted = await send(events)
    costs.push(perMillion(before, costNow(parts), accepted))
  }
  const of = (part: keyof Cost): number => median(costs.map((cost) => cost[part]))
  return { gateway: of('gateway'), worker: of('worker'), postgres: of('postgres'), total: of('total') }
}

/** Resolves with how many events were accepted, when they are stored. */
async function sendAndWait(system: BenchSystem, job: GrowthJob, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted()
  const before = await storedCount(system)
  const accepted = await drive(job, signal)
  await waitStored(system, before + accepted, waitWithinMs)
  return accepted
}

/** Why so many more events have no room on the disk; undefined where they have. */
async function noRoomFor(moreEvents: number): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(tmpdir())
  const needed = moreEvents * diskBytes.eachEvent + diskBytes.more
  if (bavail * bsize >= needed) return undefined
  const gigabytesOf = (bytes: number): string => `${Math.ceil(bytes / 1e9)} GB`
  return `needs ${gigabytesOf(needed)} on the disk, ${gigabytesOf(bavail * bsize)} are free`
}

async function gigabytes({ database }: BenchSystem): Promise<number> {
  const [row] = await database.query<{ bytes: number }>('select pg_database_size(current_database())::float8 as bytes')
  return row!.bytes / 1e9
}

/** Sends in a process of its own; resolves with how many events were accepted. @throws Error when it fails or takes too long. */
async function drive(job: GrowthJob, signal: AbortSignal): Promise<number> {
  const child = fork(new URL('./growth-sender.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Ctrl-C may have stopped the gateway already, to which it would go on sending.
    signal,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), sendWithinMs)
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.once('message', (accepted) => resolve(accepted as number))
  child.once('error', reject)
  child.once('exit', (code, by) => reject(new Error(`the sender ended with ${by ?? code}`)))
  child.send(job)
  return await promise.finally(() => clearTimeout(timer))
}
