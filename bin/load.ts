import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { processEnv } from '../runtime/env.ts'
import { type Measured, missingK6, runK6 } from './load/run-k6.ts'
import { makeTemplates } from './load/templates.ts'
import { readBalance, waitUntilTaken } from './running/balance.ts'
import { findTarget, need, type Target } from './running/target.ts'

const help = `Loads a running UserFlow with k6 through each door, then compares what was accepted with what is stored.

  npm run load -- [--seconds 20] [--vus 8] [--batch 200] [--sessions 200000] [--sessions-per-batch N] [--at-least N] [SCRIPT …]

  SCRIPT                 grpc-batch, grpc-stream, json-bridge (default: all three, one after the other)
  --sessions N           sessions that the events are spread over (default 200000)
  --sessions-per-batch N sessions in one batch (default: as many as events; 1: a batch is one session's)
  --at-least N           fail below N accepted events a second
  --accept-p99 MS        fail above this 99th percentile of the time to an answer (default 1000)
  --grpc H:P, --http URL the gateway's doors

Exit code 1: a threshold failed or an accepted event is not stored; 2: k6 is missing.`

const scripts = ['grpc-batch', 'grpc-stream', 'json-bridge']
const text = { type: 'string' } as const
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { ...text, default: '20' },
    vus: { ...text, default: '8' },
    batch: { ...text, default: '200' },
    sessions: { ...text, default: '200000' },
    'sessions-per-batch': text,
    'at-least': { ...text, default: '0' },
    'accept-p99': { ...text, default: '1000' },
    grpc: text,
    http: text,
    help: { type: 'boolean', short: 'h' },
  },
})

interface Row {
  readonly row: Record<string, string | number>
  readonly problems: readonly string[]
}

async function load(script: string, target: Target, folder: string): Promise<Row> {
  const sessionsPerBatch = flags['sessions-per-batch'] ?? flags.batch
  const before = await readBalance(target)
  const seconds = Number(flags.seconds)
  const measured = await runK6(
    join(import.meta.dirname, '../loadtest/k6', `${script}.js`),
    {
      GRPC: target.grpc,
      HTTP: target.http,
      KEY: need(target, 'writeKey'),
      TEMPLATES: join(folder, 'templates.json'),
      RESULT: join(folder, `${script}.json`),
      SECONDS: flags.seconds,
      VUS: flags.vus,
      BATCH: flags.batch,
      SESSIONS: flags.sessions,
      SESSIONS_PER_BATCH: sessionsPerBatch,
      ACCEPT_P99_MS: flags['accept-p99'],
    },
    { env: processEnv(), withinMs: (seconds + 60) * 1000 },
  )
  const settled = await waitUntilTaken(target, before, { expected: measured.accepted, withinMs: 60_000 })
  const lost = measured.accepted - settled.stored - settled.duplicate
  return {
    row: rowOf(script, measured, { ...settled, lost, sessionsPerBatch }),
    problems: problemsOf(script, measured, lost),
  }
}

function rowOf(script: string, measured: Measured, kept: { stored: number; lost: number; sessionsPerBatch: string }) {
  return {
    script,
    requests: measured.requests,
    sent: measured.sent,
    accepted: measured.accepted,
    stored: kept.stored,
    lost: kept.lost,
    'events/s': Math.round(measured.accepted / measured.seconds),
    'p50 ms': Math.round(measured.p50),
    'p95 ms': Math.round(measured.p95),
    'p99 ms': Math.round(measured.p99),
    'sessions/batch': kept.sessionsPerBatch,
  }
}

function problemsOf(script: string, measured: Measured, lost: number): string[] {
  const problems = measured.failed.map((threshold) => `${script}: ${threshold} does not hold`)
  const rate = measured.accepted / measured.seconds
  if (lost > 0) problems.push(`${script}: ${lost} accepted events are not stored after 60 s`)
  if (rate < Number(flags['at-least']))
    problems.push(`${script}: ${Math.round(rate)} events/s are fewer than ${flags['at-least']}`)
  return problems
}

async function run(): Promise<number> {
  const missing = missingK6()
  if (missing) {
    console.error(missing)
    return 2
  }
  const chosen = positionals.length > 0 ? positionals : scripts
  const unknown = chosen.filter((name) => !scripts.includes(name))
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: there is ${scripts.join(', ')}`)
  const target = await findTarget(processEnv(), {
    ...(flags.grpc ? { grpc: flags.grpc } : {}),
    ...(flags.http ? { http: flags.http } : {}),
  })
  const folder = await mkdtemp(join(tmpdir(), 'userflow-load-'))
  try {
    await writeFile(join(folder, 'templates.json'), JSON.stringify(makeTemplates(100)))
    const rows: Row[] = []
    for (const script of chosen) rows.push(await load(script, target, folder))
    console.table(rows.map(({ row }) => row))
    const problems = rows.flatMap((row) => row.problems)
    for (const problem of problems) console.error(problem)
    return problems.length > 0 ? 1 : 0
  } finally {
    await rm(folder, { recursive: true })
  }
}

if (flags.help) console.log(help)
else {
  process.exitCode = await run().catch((error: Error) => {
    console.error(error.message)
    return 1
  })
}
