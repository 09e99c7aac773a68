import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type ISocketFactory, Kafka, type KafkaConfig, type LogEntry, logLevel } from 'kafkajs'
import type { Logger } from '../runtime/logger.ts'
import { fetchBatches } from './kafka-fetch.ts'
import { acceptBatches } from './kafka-produce.ts'
import { calmTimers } from './kafka-timers.ts'

/** How to reach the brokers. */
export interface KafkaConnection {
  /** `host:port` each. */
  readonly brokers: readonly string[]
  /** Tells the brokers who is asking; shows in their logs. */
  readonly clientId: string
  readonly logger: Logger
  /** TLS and SASL, as kafkajs takes them; absent: neither. */
  readonly security?: Pick<KafkaConfig, 'ssl' | 'sasl'>
}

/** What a client tells its owner besides its answers. */
export interface KafkaWatch {
  /** A connection has ended. */
  onSocketLost(): void
  /** A broker refused a fetch: the partition is not where it was, or is not there. */
  onFetchRefused(why: string): void
}

/** A client of kafkajs with the settings that went through the fault trials. */
export function createClient(connection: KafkaConnection, watch?: KafkaWatch): Kafka {
  calmTimers()
  acceptBatches()
  fetchBatches()
  return new Kafka({
    ...connection.security,
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: 3_000,
    requestTimeout: 5_000,
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => {
      writeLog(connection.logger, entry)
      if (watch && isRefusedFetch(entry)) watch.onFetchRefused(String(entry.log.error))
    },
    ...(watch ? { socketFactory: watchedSockets(watch.onSocketLost) } : {}),
  })
}

/** kafkajs repeats at error level whatever it tries again by itself; for us these are warnings, and its news is debug. */
function writeLog(logger: Logger, entry: LogEntry): void {
  const { message, timestamp: _, logger: __, stack: ___, ...details } = entry.log
  const fields = { kafkajs: entry.namespace, ...details }
  if (entry.level <= logLevel.WARN) logger.warn(fields, message)
  else logger.debug(fields, message)
}

/**
 * kafkajs answers a refused fetch by itself, by looking for the leader again, and tells it to nobody but its log. An offset
 * out of range is no refusal: reading then goes on with the first record there is, as the port says.
 */
const isRefusedFetch = ({ namespace, log }: LogEntry): boolean =>
  namespace === 'Connection' &&
  log.message.startsWith('Response Fetch(') &&
  log.error !== undefined &&
  !String(log.error).includes('not within the range of offsets')

/** Sockets as kafkajs makes them by default; the callback is told when one that was connected has closed. */
function watchedSockets(onLost: () => void): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    let connected = false
    const connectedNow = (): void => {
      connected = true
      onConnect()
    }
    const socket = ssl
      ? connectTls({ host, port, servername: host, ...ssl }, connectedNow)
      : connect({ host, port }, connectedNow)
    socket.setKeepAlive(true, 60_000)
    socket.once('close', () => {
      if (connected) onLost()
    })
    return socket
  }
}
