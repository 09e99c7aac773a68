import { processEnv } from '../runtime/env.ts'
import { faults, positionFaults } from './prove/every-fault.ts'
import type { Fault } from './prove/ground.ts'
import { type ProveOptions, readOptions } from './prove/options.ts'
import { print } from './prove/print.ts'
import { type Named, schedule } from './prove/schedule.ts'
import { runTrial } from './prove/trial.ts'

const help = `Proves that accepted events are stored exactly once: starts a UserFlow of its own (two gateways, two workers,
Postgres, the log), sends events, injects faults, and holds what is stored against a ledger of what was answered.

  npm run prove -- [--fault NAME]… [--minutes 2] [--rate 3000] [--log kafka|embedded] [--seed TEXT] [--json]

  --fault NAME  only this fault, over and over; may be given more than once (default: all, in random order)
  --minutes N   begin no further random fault after so long (default 2)
  --rate N      events a second, resends included (default 3000)
  --log KIND    embedded (default), or kafka: a broker of its own; needs Java 17 and, the first time, Maven
  --seed TEXT   of an earlier run, for the same faults in the same order (default: random)
  --json        print the result as JSON

Exits with 1 when an invariant is broken; docs/guarantees.md says what they are.

Faults:
${Object.entries({ ...faults, ...positionFaults })
  .map(([name, { description }]) => `  ${name.padEnd(26)}${description}`)
  .join('\n')}`

/** Ctrl-C lets the fault under way end, and judges what was done till then. */
function stopOnInterrupt(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())
  return stopping.signal
}

async function prove(options: ProveOptions): Promise<number> {
  const { PATH, HOME } = processEnv()
  const { log, seed, rate, minutes } = options
  const chosen = (of: Readonly<Record<string, Fault>>): Named[] =>
    Object.entries(of).filter(
      ([name, { needs }]) =>
        (options.faults.length === 0 || options.faults.includes(name)) && (needs === undefined || needs === log),
    )
  const programme = { random: chosen(faults), after: chosen(positionFaults), seed, forMs: minutes * 60_000 }
  if (programme.random.length + programme.after.length === 0) {
    throw new Error(`None of these faults is possible with --log ${log}`)
  }
  const stopping = stopOnInterrupt()
  console.error(`seed ${seed}`)
  const startedMs = Date.now()
  const outcome = await runTrial({
    log,
    seed,
    rate,
    env: { PATH, HOME },
    faults: schedule(programme),
    signal: stopping,
    tell: (words) => console.error(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${words}`),
  })
  print(outcome, options)
  return outcome.violations.length > 0 ? 1 : 0
}

try {
  const options = readOptions(process.argv.slice(2), Object.keys({ ...faults, ...positionFaults }))
  if (options) process.exitCode = await prove(options)
  else console.log(help)
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
