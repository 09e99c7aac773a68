import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../simulate/random.ts'
import { CompanyTraffic } from './company-traffic.ts'
import type { Command, LoadPlan, Report } from './drive-load.ts'
import { type Counts, Lane } from './lane.ts'
import { Ledger } from './ledger.ts'

// The process that sends. It is told its plan and commands over IPC, and reports what it counted.

const tickMs = 50
const reportEveryMs = 200
/** How long outstanding verdicts are waited for after a pause or at the end. */
const settleMs = 90_000

process.once('message', (plan: LoadPlan) => {
  run(plan).then(() => process.exit(0), fail)
})

const fail = (error: unknown): never => {
  console.error(error)
  process.exit(1)
}

async function run(plan: LoadPlan): Promise<void> {
  using ledger = new Ledger(plan.ledger)
  const counts: Counts = { sent: 0, resent: 0, accepted: 0, rejected: 0, unknown: 0 }
  const lanes = makeLanes(plan, ledger, counts)
  const state = { going: true, ended: false }
  const report = (done?: Command['do']): void => {
    ledger.flush()
    process.send?.({ counts, ...(done ? { done } : {}) } satisfies Report)
  }
  const reporting = setInterval(report, reportEveryMs)
  process.on('disconnect', () => process.exit(1))
  process.on('message', (command: Command) => {
    obey(command, state, lanes)
      .then(() => report(command.do))
      .catch(fail)
  })
  const resends = new Random(`${plan.seed}/resends`)
  for (let nextMs = Date.now(); !state.ended; nextMs = Math.max(nextMs + tickMs, Date.now() - tickMs)) {
    await sleep(Math.max(1, nextMs - Date.now()))
    if (!state.going) continue
    const each = (plan.rate * tickMs) / 1_000 / lanes.length
    const drawn = lanes.map((lane) => lane.draw(wholeOf(each, resends), ledger, () => resends.chance(plan.resendShare)))
    // What is not in the ledger is not sent, or something could be stored that nobody knows of.
    ledger.flush()
    for (const [at, lane] of lanes.entries()) if (drawn[at]!.length > 0) lane.send(drawn[at]!).catch(fail)
  }
  for (const lane of lanes) await lane[Symbol.asyncDispose]()
  clearInterval(reporting)
  ledger.flush()
  await new Promise((resolve) => process.send?.({ counts, done: 'stop' } satisfies Report, resolve))
}

async function obey(
  command: Command,
  state: { going: boolean; ended: boolean },
  lanes: readonly Lane[],
): Promise<void> {
  if (command.do === 'resume') state.going = true
  if (command.do === 'resend') await Promise.all(lanes.map((lane) => lane.sendAgain()))
  if (command.do === 'stop') state.ended = true
  if (command.do !== 'pause') return
  state.going = false
  const giveUpAt = Date.now() + settleMs
  while (lanes.some((lane) => lane.underWay > 0) && Date.now() < giveUpAt) await sleep(20)
}

function makeLanes(plan: LoadPlan, ledger: Ledger, counts: Counts): Lane[] {
  const companies = [...new Set(plan.lanes.map(({ companyId }) => companyId))]
  const traffic = new Map(
    companies.map((companyId) => [companyId, new CompanyTraffic(companyId, new Random(`${plan.seed}/${companyId}`))]),
  )
  return plan.lanes.map((lane) => new Lane(lane, { traffic: traffic.get(lane.companyId)!, ledger, counts }))
}

/** A whole number that is `mean` on average. */
const wholeOf = (mean: number, random: Random): number => Math.floor(mean) + (random.chance(mean % 1) ? 1 : 0)
