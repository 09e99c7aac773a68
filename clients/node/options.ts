import type { GivenUp, Rejected } from './outcome.ts'
import type { TraceContext } from './trace-context.ts'
import type { TrackedEvent } from './tracked-event.ts'

/** How a client sends, and what it does when it cannot. */
export interface ClientOptions {
  /** With `grpc` host:port of the gRPC door, with `connect` the base address of the HTTP door such as `https://events.example.com`. */
  readonly address: string
  /** A write or secret key. */
  readonly key: string
  /** Default `grpc`: one stream, the cheapest. `connect`: requests over HTTP/1.1, for networks that let nothing else through. */
  readonly transport?: 'grpc' | 'connect'
  /** Encrypt the gRPC connection; needed anywhere but on one machine. With `connect` the address says it. Default false. */
  readonly tls?: boolean
  /** A batch is sent when it has so many events or bytes, or after so long. Default 500, 262,144 and 100. */
  readonly batchEvents?: number
  readonly batchBytes?: number
  readonly batchAfterMs?: number
  /** Most events and bytes (encoded) in memory, those on their way included. Default 10,000 and 16 MiB. */
  readonly maxWaitingEvents?: number
  readonly maxWaitingBytes?: number
  /** Default `drop`: dropped and counted. `block`: `track` resolves when there is room; bounded only if it is awaited. */
  readonly whenFull?: 'block' | 'drop'
  /** How long a batch is tried. Default: for ever. */
  readonly giveUpAfterMs?: number
  /** How long `close` waits for the last verdicts. Default 5,000. */
  readonly closeWithinMs?: number
  /**
   * Whether SIGTERM and SIGINT close the client, and then end the process unless it listens for them itself. Default false.
   * A program that comes to its end by itself is always waited for.
   */
  readonly flushOnExit?: boolean
  /** Told of each tracked event that was rejected or given up. Default: a process warning at the first of each kind. */
  readonly onRejected?: (event: TrackedEvent, outcome: Rejected) => void
  readonly onGivenUp?: (event: TrackedEvent, outcome: GivenUp) => void
  /** The trace an event belongs to, as properties trace_id and span_id. Default: the active span, where @opentelemetry/api is there. */
  readonly traceContext?: () => TraceContext | undefined
}

/** Options with every default in place. */
export type ResolvedOptions = Required<Omit<ClientOptions, Optional>> & Pick<ClientOptions, Optional>
type Optional = 'onRejected' | 'onGivenUp' | 'traceContext'

/** The contract's most events of a request, and what of its 4 MiB the events may take. A larger event can be in no request. */
export const most = { events: 1_000, bytes: 3 * 1024 * 1024 }

/** @throws TypeError naming the option that is wrong; never its value if it is the key. */
export function resolveOptions(given: ClientOptions): ResolvedOptions {
  const transport = oneOf('transport', given.transport ?? 'grpc', ['grpc', 'connect'])
  const maxWaitingEvents = positive('maxWaitingEvents', given.maxWaitingEvents ?? 10_000)
  return {
    ...given,
    transport,
    address: address(transport, given.address),
    key: key(given.key),
    tls: given.tls ?? false,
    batchEvents: Math.min(positive('batchEvents', given.batchEvents ?? 500, most.events), maxWaitingEvents),
    batchBytes: positive('batchBytes', given.batchBytes ?? 262_144, most.bytes),
    batchAfterMs: positive('batchAfterMs', given.batchAfterMs ?? 100, 60_000),
    maxWaitingEvents,
    maxWaitingBytes: positive('maxWaitingBytes', given.maxWaitingBytes ?? 16 * 1024 * 1024),
    whenFull: oneOf('whenFull', given.whenFull ?? 'drop', ['block', 'drop']),
    giveUpAfterMs: positive('giveUpAfterMs', given.giveUpAfterMs ?? Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    closeWithinMs: positive('closeWithinMs', given.closeWithinMs ?? 5_000),
    flushOnExit: given.flushOnExit ?? false,
  }
}

function positive(name: string, value: unknown, atMost = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && value >= 1 && value <= atMost) return value
  throw new TypeError(`${name} is a number from 1 to ${atMost}`)
}

function oneOf<T extends string>(name: string, value: T, values: readonly T[]): T {
  if (values.includes(value)) return value
  throw new TypeError(`${name} is one of ${values.join(', ')}`)
}

function key(value: unknown): string {
  // Anything else could not be sent in a header, and the library's error would show it.
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value
  throw new TypeError('key is the text of a key, without blanks')
}

function address(transport: 'grpc' | 'connect', value: unknown): string {
  const wanted = transport === 'grpc' ? /^[^/\s@]+:\d+$/ : /^https?:\/\/[^\s?#@]+$/
  if (typeof value === 'string' && wanted.test(value)) return value.replace(/\/+$/, '')
  const example = transport === 'grpc' ? 'host:port, such as 127.0.0.1:50051' : 'such as https://events.example.com'
  throw new TypeError(`address with transport ${transport} is ${example}`)
}
