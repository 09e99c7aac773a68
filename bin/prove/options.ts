import { parseArgs } from 'node:util'
import type { LogKind } from './log-under-test.ts'

/** What a proof is to do. */
export interface ProveOptions {
  /** Names of the faults; empty: all that the log allows. */
  readonly faults: readonly string[]
  readonly seed: string
  readonly minutes: number
  /** Events a second, resends included. */
  readonly rate: number
  readonly log: LogKind
  readonly json: boolean
  /** Minutes from one fault to the next, with what each process holds watched over time; undefined: no soak. */
  readonly soakEveryMinutes: number | undefined
  /** Prove the Node client instead; undefined: prove the system. */
  readonly client:
    | { readonly events: number; readonly kills: number; readonly transport: 'grpc' | 'connect' }
    | undefined
}

/** Reads the command line. Resolves with undefined for --help. @throws Error saying what is wrong. */
export function readOptions(words: readonly string[], names: readonly string[]): ProveOptions | undefined {
  const { values: flags } = parseArgs({
    args: [...words],
    options: {
      fault: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string', default: Math.floor(Math.random() * 2 ** 32).toString(36) },
      minutes: { type: 'string' },
      soak: { type: 'boolean', default: false },
      every: { type: 'string', default: '2' },
      rate: { type: 'string', default: '3000' },
      log: { type: 'string', default: 'embedded' },
      client: { type: 'boolean', default: false },
      events: { type: 'string', default: '1000000' },
      kills: { type: 'string', default: '2' },
      transport: { type: 'string', default: 'grpc' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (flags.help) return undefined
  const unknown = flags.fault.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`There is no fault ${unknown.join(', ')}. There are: ${names.join(', ')}`)
  if (flags.log !== 'kafka' && flags.log !== 'embedded') throw new Error('--log is kafka or embedded')
  return {
    faults: flags.fault,
    seed: flags.seed,
    minutes: within('minutes', flags.minutes ?? (flags.soak ? '20' : '2'), { least: 0.1, most: 720 }),
    rate: within('rate', flags.rate, { least: 10, most: 20_000 }),
    log: flags.log,
    json: flags.json,
    soakEveryMinutes: flags.soak ? within('every', flags.every, { least: 0.1, most: 60 }) : undefined,
    client: flags.client ? readClient(flags) : undefined,
  }
}

function readClient({ events, kills, transport }: { events: string; kills: string; transport: string }) {
  if (transport !== 'grpc' && transport !== 'connect') throw new Error('--transport is grpc or connect')
  return {
    events: Math.floor(within('events', events, { least: 1_000, most: 10_000_000 })),
    kills: Math.floor(within('kills', kills, { least: 0, most: 20 })),
    transport,
  } as const
}

function within(name: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text)
  if (value >= least && value <= most) return value
  throw new Error(`--${name} is a number from ${least} to ${most}, not ${text}`)
}
