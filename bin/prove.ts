import { processEnv } from '../runtime/env.ts'
import { printClient } from './prove/client/print-client.ts'
import { proveClient } from './prove/client/prove-client.ts'
import { faults, positionFaults } from './prove/every-fault.ts'
import type { Fault } from './prove/ground.ts'
import { type ProveOptions, readOptions } from './prove/options.ts'
import { print } from './prove/print.ts'
import { type Named, type Programme, schedule } from './prove/schedule.ts'
import { whyNoSmallDisk } from './prove/small-disk.ts'
import { runTrial } from './prove/trial.ts'

const help = `Proves that accepted events are stored exactly once: starts a UserFlow of its own (two gateways, two workers,
Postgres, the log), sends events, injects faults, and holds what is stored against a ledger of what was answered.

  npm run prove -- [--fault NAME]… [--minutes 2] [--rate 3000] [--log kafka|embedded] [--seed TEXT] [--json]
  npm run prove -- --soak [--minutes 20] [--every 2] [--rate 3000] …
  npm run prove -- --client [--events 1000000] [--kills 2] [--transport grpc|connect] [--log kafka|embedded] [--json]

  --fault NAME  only this fault, over and over; may be given more than once (default: all, in random order)
  --minutes N   begin no further random fault after so long (default 2; with --soak 20)
  --rate N      events a second, resends included (default 3000)
  --log KIND    embedded (default), or kafka: a broker of its own; needs Java 17 and, the first time, Maven
  --seed TEXT   of an earlier run, for the same faults in the same order (default: random)
  --soak        one fault every two minutes, and a look every five seconds at what each gateway and worker holds: memory,
                descriptors, timers, connections to Postgres. What grows within the life of a process breaks I9.
  --every N     with --soak: minutes from one fault to the next (default 2)
  --client      sends --events events by the Node client as fast as it goes, kills the gateway --kills times, and prints events a
                second, what is stored, lost and duplicated, and the client's memory over time
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

/** What is to be injected, and what was asked for but cannot be. */
async function programmeOf(options: ProveOptions): Promise<{ programme: Programme; leftOut: Record<string, string> }> {
  const { log, seed, minutes, soakEveryMinutes } = options
  const whyNoDisk = await whyNoSmallDisk()
  const leftOut: Record<string, string> = {}
  const chosen = (of: Readonly<Record<string, Fault>>): Named[] =>
    Object.entries(of).filter(([name, { needs, needsSmallDisks }]) => {
      if (options.faults.length > 0 && !options.faults.includes(name)) return false
      const why = needs && needs !== log ? `needs --log ${needs}` : needsSmallDisks ? whyNoDisk : undefined
      if (why) leftOut[name] = why
      return !why
    })
  // A log replaced in the middle of a soak would say nothing more about what grows.
  const after = soakEveryMinutes === undefined || options.faults.length > 0 ? chosen(positionFaults) : []
  const programme = { random: chosen(faults), after, seed, forMs: minutes * 60_000 }
  if (programme.random.length + after.length === 0) {
    throw new Error(`None of these faults is possible here: ${JSON.stringify(leftOut)}`)
  }
  return { programme, leftOut }
}

async function prove(options: ProveOptions): Promise<number> {
  const { PATH, HOME } = processEnv()
  const { log, seed, rate, soakEveryMinutes } = options
  const { programme, leftOut } = await programmeOf(options)
  const all = [...programme.random, ...programme.after]
  const stopping = stopOnInterrupt()
  console.error(`seed ${seed}`)
  const outcome = await runTrial({
    log,
    seed,
    rate,
    smallDisks: all.some(([, { needsSmallDisks }]) => needsSmallDisks),
    env: { PATH, HOME },
    faults: schedule(programme),
    ...(soakEveryMinutes === undefined ? {} : { faultEveryMs: soakEveryMinutes * 60_000 }),
    signal: stopping,
    tell: clock(),
  })
  for (const [name] of all) {
    if (!outcome.injected.some(({ fault }) => fault === name)) leftOut[name] = 'the time was over'
  }
  print(outcome, leftOut, options)
  return outcome.violations.length > 0 ? 1 : 0
}

/** Words with the seconds since now. */
function clock(): (words: string) => void {
  const startedMs = Date.now()
  return (words) => console.error(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${words}`)
}

async function proveOfClient(
  client: NonNullable<ProveOptions['client']>,
  { log, json }: ProveOptions,
): Promise<number> {
  const { PATH, HOME } = processEnv()
  const outcome = await proveClient({ ...client, log, env: { PATH, HOME }, tell: clock() })
  printClient(outcome, json)
  return outcome.violations.length > 0 ? 1 : 0
}

try {
  const options = readOptions(process.argv.slice(2), Object.keys({ ...faults, ...positionFaults }))
  if (options) process.exitCode = await (options.client ? proveOfClient(options.client, options) : prove(options))
  else console.log(help)
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
