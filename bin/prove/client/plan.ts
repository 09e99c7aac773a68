import type { ClientStats } from '../../../clients/node/client.ts'

/** What the sending process is told. */
export interface SenderPlan {
  readonly address: string
  readonly key: string
  readonly transport: 'grpc' | 'connect'
  readonly events: number
}

/** What it sees of itself, four times a second. `atMs`: since its first event. */
export interface Look {
  readonly atMs: number
  readonly accepted: number
  readonly waitingEvents: number
  readonly waitingBytes: number
  readonly rssBytes: number
}

/** What it tells at the end. `rejected`: the numbers of the events that it was told are rejected, as often as it was told. */
export interface SenderReport {
  readonly stats: ClientStats
  readonly rejected: readonly number[]
  readonly givenUp: number
  /** From the first event to the last verdict. */
  readonly tookMs: number
  readonly cpuMs: number
  readonly last: Look
}

/** Every thousandth event breaks a limit of the contract. */
export const isRejected = (n: number): boolean => n % 1_000 === 999
