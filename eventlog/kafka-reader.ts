import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, EachBatchPayload } from 'kafkajs'
import { retry } from '../runtime/retry.ts'
import type { LogReader, LogRecord, ReaderHandlers } from './eventlog.ts'
import { createClient, type KafkaConnection } from './kafka-client.ts'
import { recordsIn } from './kafka-fetch.ts'
import { heartbeatDuring } from './kafka-heartbeat.ts'

/** What a reader is made of. */
export interface KafkaReaderParts {
  readonly connection: KafkaConnection
  readonly topic: string
  readonly partitions: number
  readonly handlers: ReaderHandlers
  /** Removes the reader's own consumer group when it closes; may fail. */
  readonly deleteGroup: (groupId: string) => Promise<void>
}

/** Where a started partition stands: one object a start, so that a late end of an older delivery is told apart. */
type Start = object

const chunkRecords = 5_000
const joinTimeoutMs = 30_000
const closeTimeoutMs = 8_000
/** Without a fetch for this long, though nothing is being delivered, kafkajs is stuck. Shorter ones shot readers that
 * were about to recover from an outage. */
const stuckMs = 120_000

/**
 * Reader on a consumer group of its own, which is assigned every partition and keeps all paused but the started ones.
 * A group shared by all workers would wait for the ghost of every worker that died (up to 30 s of standstill).
 */
export class KafkaReader implements LogReader {
  readonly #parts: KafkaReaderParts
  readonly #groupId: string
  readonly #consumer: Consumer
  readonly #started = new Map<number, Start>()
  readonly #delivering = new Map<number, Promise<void>>()
  #joined = false
  #over = false
  #closed = false
  #aliveMs = Date.now()
  #watchdog: NodeJS.Timeout | undefined

  /** Joins its group. A coordinator that is loading (the first group of a new cluster) is waited for. @throws if it cannot. */
  static open(parts: KafkaReaderParts): Promise<KafkaReader> {
    const passing = (error: unknown): boolean => ((error as Error).cause as { retriable?: boolean })?.retriable === true
    return retry(() => KafkaReader.#open(parts), { attempts: 6, firstMs: 250, mostMs: 2_000, passing })
  }

  static async #open(parts: KafkaReaderParts): Promise<KafkaReader> {
    const reader = new KafkaReader(parts)
    try {
      await reader.#run()
      return reader
    } catch (error) {
      await reader[Symbol.asyncDispose]()
      throw new Error(`the topic ${parts.topic} cannot be read`, { cause: error })
    }
  }

  private constructor(parts: KafkaReaderParts) {
    this.#parts = parts
    this.#groupId = `${parts.topic}.reader.${randomUUID()}`
    // A topic made anew under a running reader may have grown past its place by the next fetch: only a new start finds out.
    const client = createClient(parts.connection, {
      onSocketLost: () => this.#losePositions('a connection to a broker was lost'),
      onFetchRefused: (why) => this.#losePositions(`a broker refused a fetch: ${why}`),
    })
    this.#consumer = client.consumer({
      groupId: this.#groupId,
      allowAutoTopicCreation: false,
      readUncommitted: true,
      sessionTimeout: 10_000,
      rebalanceTimeout: 15_000,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 250,
      maxBytesPerPartition: 4 * 1024 * 1024,
      // restartOnFailure: a consumer that kafkajs restarts by itself would be a second one with old positions.
      retry: { retries: 1e6, initialRetryTime: 100, maxRetryTime: 2_000, restartOnFailure: async () => false },
    })
  }

  /** Seek and resume in one turn: a fetch in between would read on from the old place. */
  start(partition: number, offset: number): void {
    const { topic } = this.#parts
    if (this.#over) return
    this.#started.set(partition, {})
    this.#consumer.seek({ topic, partition, offset: String(offset) })
    this.#consumer.resume([{ topic, partitions: [partition] }])
  }

  stop(partition: number): void {
    if (this.#started.delete(partition)) this.#pause([partition])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
    if (this.#closed) return
    this.#closed = true
    // One disconnect of 54 hung.
    const clean = await Promise.race([this.#consumer.disconnect().then(() => true), sleep(closeTimeoutMs, false)])
    if (clean) await this.#parts.deleteGroup(this.#groupId).catch(() => undefined)
  }

  async #run(): Promise<void> {
    const { topic } = this.#parts
    const { GROUP_JOIN, CRASH, FETCH, CONNECT } = this.#consumer.events
    const joined = new Promise<void>((resolve, reject) => {
      this.#consumer.on(GROUP_JOIN, () => this.#onJoin(resolve))
      this.#consumer.on(CRASH, ({ payload }) => {
        reject(payload.error)
        // Before the first join the opener gets the error.
        if (this.#joined) this.#crash(payload.error)
      })
    })
    // Rejected by a crash before anyone waits for it: not an unhandled rejection.
    joined.catch(() => undefined)
    for (const event of [FETCH, CONNECT]) this.#consumer.on(event, () => this.#alive())
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [topic], fromBeginning: true })
    const timeout = sleep(joinTimeoutMs, undefined, { ref: false }).then(() => {
      throw new Error(`the reader did not join its group within ${joinTimeoutMs} ms`)
    })
    const running = this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // kafkajs fetches again when every batch of the last fetch is done, so none may wait for a turn behind others.
      partitionsConsumedConcurrently: this.#parts.partitions,
      eachBatch: (payload) => this.#eachBatch(payload),
    })
    await Promise.race([Promise.all([running, joined]), timeout])
    this.#watchdog = setInterval(() => this.#lookForStandstill(), 5_000).unref()
  }

  /** Runs in the synchronous part of the event: later, batches from offset 0 would come before the owner has answered. */
  #onJoin(resolve: () => void): void {
    this.#alive()
    this.#joined = true
    this.#losePositions('the reader joined its group anew')
    resolve()
  }

  /** Never throws for the owner's errors: the back-off of kafkajs would make every later error cost two seconds. */
  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { partition } = payload.batch
    const start = this.#started.get(partition)
    if (!start || payload.isStale()) return
    const heartbeat = heartbeatDuring(() => payload.heartbeat())
    // A partition has one fetcher at a time, but around a new join an older delivery may still be under way.
    const delivery = (this.#delivering.get(partition) ?? Promise.resolve()).then(() => this.#deliver(payload, start))
    this.#delivering.set(partition, delivery)
    await delivery
    if (this.#delivering.get(partition) === delivery) this.#delivering.delete(partition)
    this.#alive()
    const failed = heartbeat.end()
    // So that kafkajs joins its group again.
    if (failed) throw failed
  }

  /** Hands the batch over in pieces, as long as the partition is started as it was when the batch came. */
  async #deliver({ batch, resolveOffset }: EachBatchPayload, start: Start): Promise<void> {
    const { partition } = batch
    const high = Number(batch.highWatermark)
    try {
      const fetched = recordsOfBatch(batch)
      for (let at = 0; at < fetched.length; at += chunkRecords) {
        if (this.#started.get(partition) !== start) return
        const records = fetched.slice(at, at + chunkRecords)
        const next = records.at(-1)!.offset + 1
        await this.#parts.handlers.onBatch({ partition, records, next, high })
        // After a new join or a new start this position would belong to another generation.
        if (this.#started.get(partition) === start) resolveOffset(String(next - 1))
      }
    } catch (error) {
      this.#crash(new Error('delivering a batch failed', { cause: error }))
    }
  }

  /** Stops everything; tells the owner if anything was started. */
  #losePositions(why: string): void {
    if (this.#over || !this.#joined) return
    const any = this.#started.size > 0
    this.#started.clear()
    this.#pause(Array.from({ length: this.#parts.partitions }, (_, partition) => partition))
    if (!any) return
    try {
      this.#parts.handlers.onPositionsLost(why)
    } catch (error) {
      this.#crash(new Error('onPositionsLost threw', { cause: error }))
    }
  }

  /** By name: kafkajs forgets a pause of the whole topic as soon as one partition is paused. */
  #pause(partitions: number[]): void {
    if (!this.#over) this.#consumer.pause([{ topic: this.#parts.topic, partitions }])
  }

  #alive(): void {
    this.#aliveMs = Date.now()
  }

  #lookForStandstill(): void {
    if (this.#delivering.size > 0) this.#alive()
    if (Date.now() - this.#aliveMs > stuckMs) this.#crash(new Error(`no fetch for ${stuckMs} ms`))
  }

  /** The owner ends the process; kafkajs would sometimes stay, idle for ever. */
  #crash(error: Error): void {
    if (this.#over) return
    this.#end()
    this.#parts.handlers.onCrash(error)
  }

  #end(): void {
    this.#over = true
    this.#started.clear()
    clearInterval(this.#watchdog)
  }
}

/** A broker answers whole batches, which may begin before the offset that was asked for. */
function recordsOfBatch(batch: EachBatchPayload['batch']): LogRecord[] {
  const { fetchedOffset } = batch as typeof batch & { readonly fetchedOffset: string }
  return batch.messages.flatMap((message) => recordsIn(message, Number(fetchedOffset)))
}
