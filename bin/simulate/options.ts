import { parseArgs } from 'node:util'

export const help = `Sends the traffic of a made-up coffee shop: visits with page views, clicks, scrolls, forms, purchases, sign-ups.

  npm run simulate -- [--users 500] [--days 30] [--rate 200] [--minutes 5] [--seed 7] [--until TIME] [--ledger FILE]

  --users N      how many people there are (default 500; live traffic raises it where the rate needs more)
  --days N       fill N whole days and the begun one up to --until, as fast as it goes; then stop, unless --rate or --minutes
                 is given too
  --rate N       live traffic of N events a second on average (default 50)
  --minutes N    live traffic ends after N minutes (default: at Ctrl-C)
  --seed N       another world (default 7)
  --until TIME   end of --days, as 2026-11-22T00:00:00Z (default: now; days are those of UTC)
  --ledger FILE  append the id of each acknowledged event, one a line, on disk before the next
  --grpc H:P     the gateway's gRPC door (default 127.0.0.1:50051)
  --write-key    use the write key: no addresses are sent, so no countries are found

Two runs of --days with the same --seed, --users and --days on the same day send the same events, ids and times included: the
second adds only what has happened since. Live traffic has the time of day in it and is new each time.
Needs a key: BOOTSTRAP_SECRET_KEY, or keys.json of \`npm start\`.`

/** What to send. */
export interface SimulateOptions {
  readonly users: number
  /** 0: no days before. */
  readonly days: number
  readonly untilMs: number
  /** Absent: no live traffic. */
  readonly live: { readonly rate: number; readonly forMs: number } | undefined
  readonly seed: string
  readonly ledger: string | undefined
  readonly grpc: string | undefined
  readonly useWriteKey: boolean
}

/** Reads the command line; undefined when help is asked for. @throws Error naming the option that is wrong. */
export function readOptions(args: readonly string[], nowMs: number): SimulateOptions | undefined {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      users: text,
      days: text,
      rate: text,
      minutes: text,
      seed: text,
      until: text,
      ledger: text,
      grpc: text,
      'write-key': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return undefined
  const days = numeral('days', values.days, { least: 0, most: 3_650, fallback: 0 })
  const rate = numeral('rate', values.rate, { least: 0.1, most: 100_000, fallback: 50 })
  const minutes = numeral('minutes', values.minutes, { least: 0.01, most: 1e6, fallback: Number.POSITIVE_INFINITY })
  const untilMs = values.until === undefined ? nowMs : Date.parse(values.until)
  if (Number.isNaN(untilMs)) throw new Error(`--until: "${values.until}" is not a time like 2026-11-22T00:00:00Z`)
  const goesLive = days === 0 || values.rate !== undefined || values.minutes !== undefined
  return {
    users: numeral('users', values.users, { least: 1, most: 1_000_000, fallback: 500 }),
    days,
    untilMs,
    live: goesLive ? { rate, forMs: minutes * 60_000 } : undefined,
    seed: values.seed ?? '7',
    ledger: values.ledger,
    grpc: values.grpc,
    useWriteKey: values['write-key'] ?? false,
  }
}

function numeral(
  name: string,
  text: string | undefined,
  bounds: { least: number; most: number; fallback: number },
): number {
  if (text === undefined) return bounds.fallback
  const number = Number(text)
  if (number >= bounds.least && number <= bounds.most) return number
  throw new Error(`--${name}: "${text}" is not a number from ${bounds.least} to ${bounds.most}`)
}
