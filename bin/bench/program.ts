import type { Env } from '../../runtime/env.ts'
import { type Figure, median } from './figures.ts'
import { steadyAfter } from './make-events.ts'
import { type Bench, bytesPerEvent, delaysAt, endToEnd, gatewayAlone, workerAlone } from './measures.ts'
import { residentBytes, treeOf } from './process-cost.ts'
import { prepareRawCopy, type RawCopy } from './raw-copy.ts'
import { startBenchSystem } from './system.ts'

/** How much to measure. */
export interface Amount {
  /** Events of one measure. */
  readonly events: number
  /** Measures of each kind, in turns with raw COPY. */
  readonly pairs: number
}

type Say = (what: string) => void

const spreads = [
  { spread: 'apart', sessions: 5_000 },
  { spread: 'together', sessions: 1_000 },
] as const

/**
 * Measures targets 1, 2, 3, 4, 6 and 7 on a system of its own. Targets 1 and 2 are medians of pairs, 3 a median without a
 * pair; 4, 6 and 7 are measured once.
 */
export async function measureAll(env: Env, amount: Amount, say: Say): Promise<Figure[]> {
  say('starting Postgres')
  await using system = await startBenchSystem(env)
  const bench: Bench = { system, events: amount.events, sent: { apart: 0, together: 0 } }
  const startedMs = performance.now()
  const [gateway, firstWorker] = await Promise.all([system.startGateway(), system.startWorker()])
  await using stack = new AsyncDisposableStack()
  stack.defer(() => gateway.stop())
  stack.defer(() => firstWorker.stop())
  const startMs = performance.now() - startedMs
  const idle = [gateway.pid, firstWorker.pid, ...treeOf(system.postgresPid)]
    .map(residentBytes)
    .reduce((sum, one) => sum + one, 0)

  say('warming up')
  await endToEnd({ ...bench, events: Math.max(steadyAfter, amount.events) }, gateway, 'apart')
  const copy = await prepareRawCopy(system.database, amount.events)
  const measure = (kind: Kind) => inTurns({ copy, pairs: amount.pairs, say }, kind)
  const figures: Figure[] = []
  for (const { spread, sessions } of spreads) {
    const what = 'end to end, gRPC stream to row'
    figures.push(await measure({ target: '1', what, sessions, once: () => endToEnd(bench, gateway, spread) }))
  }
  say('delays at half that rate')
  figures.push(...(await delayFigures(bench, gateway, figures[0]!.value / 2)))
  await firstWorker.stop()
  figures.push(...(await measureAlone(bench, gateway, { measure, pairs: amount.pairs })))
  figures.push({ target: '6', what: 'disk with all indexes', value: await bytesPerEvent(system), unit: 'bytes/event' })
  figures.push({ target: '7', what: 'idle, all processes', value: idle / 1024 ** 2, unit: 'MB' })
  figures.push({ target: '7', what: 'gateway and worker ready after', value: startMs / 1000, unit: 's' })
  return figures
}

interface Kind {
  readonly target: string
  readonly what: string
  readonly sessions: number
  readonly once: () => Promise<number>
}

/** What the turns are taken with, and how many. */
interface Turns {
  readonly copy: RawCopy
  readonly pairs: number
  readonly say: Say
}

/** Measures in turns with raw COPY, so that what else the machine does falls on both; the ratio is the median of the pairs'. */
async function inTurns(turns: Turns, kind: Kind): Promise<Figure> {
  const { copy, pairs, say } = turns
  const values: number[] = []
  const ratios: number[] = []
  for (let pair = 1; pair <= pairs; pair++) {
    say(`${kind.what}, ${kind.sessions} sessions in 5,000, pair ${pair}`)
    const raw = await copy.run()
    const value = await kind.once()
    values.push(value)
    ratios.push(value / raw)
  }
  const { target, what, sessions } = kind
  return { target, what, sessions, value: median(values), unit: 'events/s', ratio: median(ratios) }
}

type Gateway = Parameters<typeof endToEnd>[1]

async function delayFigures(bench: Bench, gateway: Gateway, rate: number): Promise<Figure[]> {
  const { visibleP99Ms, acceptP99Ms } = await delaysAt(bench, gateway, rate)
  const at = `at ${Math.round(rate)} events/s`
  return [
    { target: '4', what: `sent to visible p99 ${at}`, value: visibleP99Ms, unit: 'ms', sessions: 5_000 },
    { target: '4', what: `accept p99 ${at}`, value: acceptP99Ms, unit: 'ms', sessions: 5_000 },
  ]
}

async function measureAlone(
  bench: Bench,
  gateway: Gateway,
  measures: { measure: (kind: Kind) => Promise<Figure>; pairs: number },
): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { spread, sessions } of spreads) {
    const once = () => workerAlone(bench, gateway, spread)
    figures.push(await measures.measure({ target: '2', what: 'worker, log to row', sessions, once }))
  }
  for (const door of ['stream', 'json'] as const) {
    const values: number[] = []
    for (let turn = 0; turn < measures.pairs; turn++) values.push(await gatewayAlone(bench, gateway, door))
    const what = door === 'stream' ? 'gateway, gRPC stream of 100' : 'gateway, JSON batches of 100'
    figures.push({ target: '3', what, value: median(values), unit: 'events/s a core' })
  }
  return figures
}
