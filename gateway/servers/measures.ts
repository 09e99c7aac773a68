import { Code } from '@connectrpc/connect'
import { codeToString } from '@connectrpc/connect/protocol-connect'
import type { Logger } from '../../runtime/logger.ts'
import { Counter, Gauge, Histogram, type Registry } from '../../runtime/metrics.ts'
import { toConnectError } from '../errors.ts'
import type { Readiness } from './readiness.ts'

/** The doors' own figures. `door` is a fixed word and `code` one of the catalogue or of Connect: both stay few. */
export interface Measures {
  /** Counts a request that ended. */
  ended(door: string, code: string): void
  /** How long a whole request, once read, took until its answer was known, in milliseconds. */
  answered(door: string, tookMs: number): void
  /** Counts bytes of request bodies after decompression. */
  took(door: string, bytes: number): void
  /** A stream of events opened (1) or closed (-1). */
  streams(change: 1 | -1): void
}

export function createMeasures(registry: Registry): Measures {
  const registers = [registry]
  const requests = new Counter({
    name: 'userflow_gateway_requests_total',
    help: 'Requests that ended, by door and code; a batch of a stream counts as one.',
    labelNames: ['door', 'code'],
    registers,
  })
  const seconds = new Histogram({
    name: 'userflow_gateway_request_seconds',
    help: 'Time from the whole request read to its answer ready.',
    labelNames: ['door'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
    registers,
  })
  const bytes = new Counter({
    name: 'userflow_gateway_request_bytes_total',
    help: 'Bytes of request bodies after decompression.',
    labelNames: ['door'],
    registers,
  })
  const streams = new Gauge({ name: 'userflow_gateway_streams', help: 'Open streams of events.', registers })
  return {
    ended: (door, code) => requests.inc({ door, code }),
    answered: (door, tookMs) => seconds.observe({ door }, tookMs / 1000),
    took: (door, count) => bytes.inc({ door }, count),
    streams: (change) => streams.inc(change),
  }
}

/** Shows in the figures whether the log and Postgres answer this gateway. */
export function measureReadiness(registry: Registry, readiness: Readiness): void {
  new Gauge({
    name: 'userflow_gateway_part_up',
    help: 'Whether a part that the gateway needs answers: log or store; 1 or 0.',
    labelNames: ['part'],
    registers: [registry],
    collect() {
      const { log, store } = readiness.state().parts
      this.set({ part: 'log' }, log === 'ok' ? 1 : 0)
      this.set({ part: 'store' }, store === 'ok' ? 1 : 0)
    },
  })
}

/** Counts what became of a request, and logs what went wrong inside the gateway: the sender is told no more than INTERNAL. */
export async function measured<T>(
  door: { readonly measures: Measures; readonly logger: Logger },
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work()
    door.measures.ended(name, 'OK')
    return result
  } catch (error) {
    const code = codeOf(error)
    if (code === 'INTERNAL') door.logger.error({ err: error, door: name }, 'a request failed inside the gateway')
    door.measures.ended(name, code)
    throw error
  }
}

/** The label of an error: the catalogue's code, or the Connect library's when it refused the request itself. */
export function codeOf(error: unknown): string {
  const answer = toConnectError(error)
  return answer.metadata.get('x-userflow-error') ?? codeToString(answer.code ?? Code.Unknown)
}
