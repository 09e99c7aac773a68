import { spawn, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Env } from '../../runtime/env.ts'

/** What a script measured; times in ms from sending a batch to its answer. */
export interface Measured {
  readonly requests: number
  readonly sent: number
  readonly accepted: number
  readonly seconds: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Thresholds that did not hold. */
  readonly failed: readonly string[]
}

/** Variables of loadtest/k6/settings.js. */
export type K6Settings = Readonly<Record<string, string>> & { readonly KEY: string; readonly RESULT: string }

/** Says how to get k6 where it is missing; undefined where it is there. */
export function missingK6(): string | undefined {
  if (spawnSync('k6', ['version']).status === 0) return undefined
  return 'k6 is not on the PATH. Get it with `go install go.k6.io/k6@v1` or from https://grafana.com/docs/k6/latest/set-up/install-k6/'
}

/**
 * Runs a script with its settings as variables (see loadtest/k6/settings.js) and at most `withinMs`.
 * @throws Error when k6 ended without measures.
 */
export async function runK6(
  script: string,
  settings: K6Settings,
  around: { readonly env: Env; readonly withinMs: number },
): Promise<Measured> {
  const { env, withinMs } = around
  const variables = Object.entries(settings).filter(([name]) => name !== 'KEY')
  const args = [
    'run',
    '--quiet',
    '--no-usage-report',
    ...variables.flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    script,
  ]
  // The key goes by the environment: arguments are seen by everybody on the machine.
  const child = spawn('k6', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: env.PATH, HOME: env.HOME, KEY: settings.KEY },
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  clearTimeout(timer)
  const text = await readFile(settings.RESULT, 'utf8').catch((cause: unknown) => {
    throw new Error(`k6 ended with ${code} and measured nothing`, { cause })
  })
  return JSON.parse(text) as Measured
}
