import { setTimeout as sleep } from 'node:timers/promises'
import { openStream } from '../clients/node/stream.ts'
import { processEnv } from '../runtime/env.ts'
import { BatchSender } from './running/batch-sender.ts'
import { startProgress } from './running/progress.ts'
import { findTarget, need } from './running/target.ts'
import { openLedger } from './simulate/ledger.ts'
import { help, readOptions, type SimulateOptions } from './simulate/options.ts'
import { backfill, firstMs, live, usersFor } from './simulate/plan.ts'
import type { Timed } from './simulate/visit.ts'

const minuteMs = 60_000

/** Ctrl-C ends the run in order; a second one at once. */
const stopping = new AbortController()

interface Run {
  readonly options: SimulateOptions
  readonly sender: BatchSender
  readonly add: (timed: Timed) => Promise<void>
}

async function fillDays({ options, sender, add }: Run): Promise<void> {
  const { seed, users, days, untilMs } = options
  const startMs = firstMs({ days, untilMs })
  const bar = startProgress(days, 'days')
  let since = 0
  for (const timed of backfill({ seed, users, days, untilMs })) {
    if (stopping.signal.aborted) break
    await add(timed)
    if (++since % 500 === 0) {
      tell((timed.timeMs - startMs) / (untilMs - startMs), sender)
      bar.update(
        Math.floor((timed.timeMs - startMs) / (24 * 60 * minuteMs)),
        `${sender.tally.accepted} events accepted`,
      )
    }
  }
  if (!stopping.signal.aborted) bar.update(days, `${sender.tally.sent} events sent`)
  await sender.finish()
  tell(1, sender)
  bar.stop()
}

/** Says how far it is, to whoever has started this as a child. */
const tell = (share: number, { tally }: BatchSender): void => void process.send?.({ share, accepted: tally.accepted })

async function goLive({ options, sender, add }: Run): Promise<void> {
  const { rate, forMs } = options.live!
  const users = Math.max(options.users, usersFor(rate))
  if (users > options.users)
    console.error(`${options.users} users are too few for ${rate} events/s: there are ${users}.`)
  const startMs = Date.now()
  const bar = startProgress(Number.isFinite(forMs) ? Math.round(forMs / 1000) : 0, 'seconds')
  for (const timed of live({ seed: `${options.seed}/${startMs}`, users, rate, startMs })) {
    if (timed.timeMs > startMs + forMs) break
    while (timed.timeMs > Date.now() && !stopping.signal.aborted) {
      await sender.flush()
      bar.update(Math.round((Date.now() - startMs) / 1000), `${sender.tally.accepted} events accepted`)
      await sleep(Math.min(200, Math.max(20, timed.timeMs - Date.now())), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      )
    }
    if (stopping.signal.aborted) break
    await add(timed)
  }
  await sender.finish()
  bar.stop()
}

async function run(options: SimulateOptions): Promise<number> {
  const target = await findTarget(processEnv(), options.grpc ? { grpc: options.grpc } : {})
  const key = need(target, options.useWriteKey ? 'writeKey' : 'secretKey')
  using ledger = options.ledger ? openLedger(options.ledger) : undefined
  const stream = openStream({ address: target.grpc, key, maxUnacknowledged: 8 })
  const sender = new BatchSender<undefined>(stream, {
    batchSize: 500,
    onAccepted: (accepted) => ledger?.add(accepted.map(({ event }) => event.eventId)),
    onVerdict: (_, verdict) => console.error(`${verdict.field ? `${verdict.field}: ` : ''}${verdict.message}`),
  })
  const add = ({ event }: Timed): Promise<void> => {
    // Only a server may say whose address it is: with a write key the event would be rejected.
    if (options.useWriteKey && event.device) event.device.ipAddress = ''
    return sender.add(event, undefined)
  }
  const startedMs = performance.now()
  try {
    if (options.days > 0) await fillDays({ options, sender, add })
    if (options.live && !stopping.signal.aborted) await goLive({ options, sender, add })
    await sender.finish()
  } finally {
    await stream[Symbol.asyncDispose]()
  }
  const { sent, accepted, rejected, undecided } = sender.tally
  const seconds = (performance.now() - startedMs) / 1000
  console.log(
    `${sent} sent, ${accepted} accepted, ${rejected} rejected, ${stream.resent} retried, ${undecided} undecided`,
  )
  console.log(`${seconds.toFixed(1)} s, ${Math.round(accepted / seconds)} events/s`)
  return rejected + undecided > 0 ? 1 : 0
}

process.on('SIGINT', () => {
  if (stopping.signal.aborted) process.exit(130)
  stopping.abort()
})

try {
  const options = readOptions(process.argv.slice(2), Date.now())
  if (options) process.exitCode = await run(options)
  else console.log(help)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
