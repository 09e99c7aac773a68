import { parseArgs } from 'node:util'

/** Where a console is, who signs in, and how often it is loaded. */
export interface ConsoleOptions {
  readonly url: string
  readonly email: string
  readonly password: string
  readonly loads: number
  /** As the address has them. */
  readonly periods: readonly string[]
  readonly json: boolean
}

const usualPeriods = ['day', '7d', '30d', 'month', 'year', '12m']

export const consoleHelp = `Measures the console of a running system in a real Chromium without a window: what a first load costs, and how long the overview takes.

  npm run bench -- console [--url http://127.0.0.1:8080] [--email E] [--password P] [--loads 10] [--period P] [--json]

  --url URL        where the console is (default http://127.0.0.1:8080)
  --email E, --password P   who signs in (default: BOOTSTRAP_ADMIN_EMAIL, BOOTSTRAP_ADMIN_PASSWORD)
  --loads N        first loads, loads of each period, and of periods like it (default 10)
  --period P       only this period, as the address has it, such as 7d; may be repeated
  --json           print the result as JSON

A first load has an empty cache. Blocking is what tasks of more than 50 ms take beyond these. "Overview" is the question of that name with the
period before, "slowest question" the longest of the six that the overview screen asks at once, and "screen" is all of it, from the
beginning of the load to the last answer. Gateways keep answers, so each period is also measured by periods that nobody has asked for, each a
day longer than the one before: start the gateway anew before measuring again.`

/** Reads the words after "console". Undefined for --help. @throws Error saying what is wrong */
export function readConsoleOptions(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ConsoleOptions | undefined {
  const { values: flags } = parseArgs({
    args: [...words],
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      email: { type: 'string', default: env.BOOTSTRAP_ADMIN_EMAIL ?? '' },
      password: { type: 'string', default: env.BOOTSTRAP_ADMIN_PASSWORD ?? '' },
      loads: { type: 'string', default: '10' },
      period: { type: 'string', multiple: true, default: [...usualPeriods] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (flags.help) return undefined
  const { email, password, period: periods, json } = flags
  if (!email || !password) throw new Error('Say who signs in: --email and --password')
  const loads = Number(flags.loads)
  if (!Number.isInteger(loads) || loads < 1 || loads > 1_000) {
    throw new Error(`--loads takes whole numbers from 1 to 1000, not ${flags.loads}`)
  }
  return { url: flags.url.replace(/\/$/, ''), email, password, loads, periods, json }
}
