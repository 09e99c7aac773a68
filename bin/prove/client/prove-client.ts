import { type ChildProcess, fork } from 'node:child_process'
import type { ClientStats } from '../../../clients/node/client.ts'
import type { Env } from '../../../runtime/env.ts'
import type { Violation } from '../oracle/evidence.ts'
import { ProgressWatch } from '../progress-watch.ts'
import { type SystemUnderTest, startSystem } from '../system.ts'
import { judgeStored, type Stored } from './judge-stored.ts'
import type { Look, SenderPlan, SenderReport } from './plan.ts'

/** What is to be sent, and how often the gateway is killed meanwhile. */
export interface ClientProof {
  readonly events: number
  readonly kills: number
  readonly transport: 'grpc' | 'connect'
  readonly log: 'kafka' | 'embedded'
  /** Variables handed on to the processes. */
  readonly env: Env
  readonly tell?: (words: string) => void
}

/** What came out of it. No violations: everything held. */
export interface ClientOutcome {
  readonly stats: ClientStats
  readonly stored: Stored
  readonly kills: number
  /** From the first event to the last verdict, and until the last event was stored, over all events. */
  readonly acceptedPerSecond: number
  readonly storedPerSecond: number
  /** CPU of the sending process, in µs an event. */
  readonly cpuUs: number
  readonly looks: readonly Look[]
  readonly violations: readonly Violation[]
}

/** Longest a sender may go without an accepted event, and longest until everything is stored. */
const stuckAfterMs = 60_000
const storedWithinMs = 600_000

/** Starts a system and a process that tracks events with the Node client, and kills the gateway it talks to. */
export async function proveClient(proof: ClientProof): Promise<ClientOutcome> {
  await using system = await startSystem({ log: proof.log, env: proof.env })
  await using watch = new ProgressWatch({ log: system.log.log, database: system.database })
  const startedMs = Date.now()
  const { report, looks, kills } = await sendAndKill(proof, system)
  proof.tell?.('every event has its verdict; waiting until all are stored')
  await watch.caughtUp(Date.now(), storedWithinMs)
  const tookMs = Date.now() - startedMs
  const { stored, violations } = await judgeStored(system, report, proof.events)
  if (kills < proof.kills)
    violations.push({ invariant: 'I10', message: `only ${kills} kills, as the events were sent too soon` })
  return {
    stats: report.stats,
    stored,
    kills,
    acceptedPerSecond: (proof.events / report.tookMs) * 1_000,
    storedPerSecond: (proof.events / tookMs) * 1_000,
    cpuUs: (report.cpuMs * 1_000) / proof.events,
    looks: [...looks, report.last],
    violations,
  }
}

interface Sent {
  readonly report: SenderReport
  readonly looks: readonly Look[]
  readonly kills: number
}

async function sendAndKill(proof: ClientProof, system: SystemUnderTest): Promise<Sent> {
  const gateway = system.gateways[0]!
  const { promise, resolve, reject } = Promise.withResolvers<SenderReport>()
  const child = startSender(planOf(proof, system))
  const looks: Look[] = []
  let kills = 0
  let lives = gateway.timesReady
  let stuck = setTimeout(reject, stuckAfterMs)
  child.on('message', ({ look, report }: { look?: Look; report?: SenderReport }) => {
    if (report) return resolve(report)
    if (!look) return
    if (look.accepted > (looks.at(-1)?.accepted ?? -1)) {
      clearTimeout(stuck)
      stuck = setTimeout(() => reject(new Error('the client sends nothing any more')), stuckAfterMs)
    }
    looks.push(look)
    // Each kill has its share of the events before it, and the gateway is up again before the next.
    if (kills === proof.kills || look.accepted < (proof.events * (kills + 1)) / (proof.kills + 1)) return
    if (kills > 0 && gateway.timesReady === lives) return
    lives = gateway.timesReady
    kills += 1
    gateway.kill('SIGKILL')
    proof.tell?.(`gateway killed after ${look.accepted} events; ${look.waitingEvents} have no verdict`)
  })
  child.once('exit', (code, signal) => reject(new Error(`the sending process ended with ${signal ?? code}`)))
  try {
    return { report: await promise, looks, kills }
  } finally {
    clearTimeout(stuck)
    child.kill('SIGKILL')
  }
}

const planOf = ({ transport, events }: ClientProof, { gateways, tenants }: SystemUnderTest): SenderPlan => {
  const { grpc, http } = gateways[0]!
  return { address: transport === 'grpc' ? grpc : http, key: tenants[0]!.key, transport, events }
}

function startSender(plan: SenderPlan): ChildProcess {
  const child = fork(new URL('./sender.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  child.send(plan)
  return child
}
