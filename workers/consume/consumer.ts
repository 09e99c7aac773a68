import { setTimeout as sleep } from 'node:timers/promises'
import type { LogReader } from '../../eventlog/eventlog.ts'
import { type Leases, partitionsOf, renewEveryMs } from './leases.ts'
import { type OwnerDeps, PartitionOwner } from './partition-owner.ts'

/** What the consumer needs. `leases` are this worker's. `onCrash`: the reader is over, and the process should end. */
export interface ConsumerDeps extends Omit<OwnerDeps, 'reader'> {
  readonly leases: Leases
  onCrash(error: Error): void
}

/** How often lags are measured and stopped partitions looked after, in ms. */
const surveyEveryMs = 2_000
/** How long a stopping consumer waits for batches under way, in ms. What is abandoned is read again by the next owner. */
const finishMs = 3_000

/** A running consumer. Disposing it hands its partitions over. */
export type Consumer = AsyncDisposable

/**
 * Reads the partitions that the leases give to this worker and has their batches stored.
 * Resolves when the worker is known to the others. @throws if Postgres or the log cannot be reached.
 */
export async function startConsumer(deps: ConsumerDeps): Promise<Consumer> {
  const { log, leases } = deps
  let reader: LogReader | undefined
  const owned = (): LogReader => {
    if (!reader) throw new Error('a partition was claimed before the reader was open')
    return reader
  }
  const owners = Array.from(
    { length: log.partitions },
    (_, partition) => new PartitionOwner(partition, { ...deps, reader: owned }),
  )
  reader = await log.openReader({
    onBatch: async (batch) => await owners[batch.partition]?.onBatch(batch),
    onPositionsLost: (why) => {
      deps.logger.warn({ why }, 'the reader lost its positions')
      for (const owner of owners) owner.positionsLost()
    },
    onCrash: deps.onCrash,
  })
  deps.figures.logUp.set(1)
  try {
    claimOwn(deps.workerId, await leases.renew(), owners)
  } catch (error) {
    await reader[Symbol.asyncDispose]()
    throw error
  }
  const stopping = new AbortController()
  const loops = [renewForEver(deps, owners, stopping.signal), survey(deps, owners, stopping.signal)]
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await Promise.all(loops)
      for (const owner of owners) owner.release()
      await Promise.race([
        Promise.all(owners.map((owner) => owner.settled())),
        sleep(finishMs, undefined, { ref: false }),
      ])
      await leases.leave().catch((error) => deps.logger.warn({ err: error }, 'the lease stays until it runs out'))
      await reader[Symbol.asyncDispose]()
    },
  }
}

function claimOwn(me: string, live: readonly string[], owners: readonly PartitionOwner[]): void {
  const mine = new Set(partitionsOf(me, live, owners.length))
  for (const [partition, owner] of owners.entries()) {
    if (mine.has(partition)) owner.claim()
    else owner.release()
  }
}

async function renewForEver(deps: ConsumerDeps, owners: readonly PartitionOwner[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(renewEveryMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    try {
      const live = await deps.leases.renew()
      if (!signal.aborted) claimOwn(deps.workerId, live, owners)
    } catch (error) {
      // Partitions are kept meanwhile: if others take them over, the epoch fences this worker.
      deps.logger.warn({ err: error }, 'the lease could not be renewed')
    }
  }
}

/** Measures how far behind the partitions are, and takes them over again once their position was set anew. */
async function survey(deps: ConsumerDeps, owners: readonly PartitionOwner[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(surveyEveryMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    try {
      await measureLag(deps, owners)
      await noticeAccepted(deps, owners)
    } catch (error) {
      deps.logger.debug({ err: error }, 'the partitions could not be surveyed')
    }
  }
}

async function measureLag(deps: ConsumerDeps, owners: readonly PartitionOwner[]): Promise<void> {
  const { lag, partitions, logUp } = deps.figures
  partitions.set({ state: 'running' }, owners.filter((owner) => owner.next !== undefined).length)
  partitions.set({ state: 'stopped' }, owners.filter((owner) => owner.stoppedAt !== undefined).length)
  lag.reset()
  const ends = await deps.log.watermarks().catch((error: unknown) => {
    logUp.set(0)
    throw error
  })
  logUp.set(1)
  for (const { partition, high } of ends) {
    const next = owners[partition]?.next
    if (next !== undefined) lag.set({ partition }, Math.max(0, high - next))
  }
}

/**
 * An operator who accepts a position raises the epoch. A stopped partition is taken over again then; a running one is let go
 * and claimed anew, as when a batch is fenced, because without new records it would have no batch to find out by.
 */
async function noticeAccepted(deps: ConsumerDeps, owners: readonly PartitionOwner[]): Promise<void> {
  const held = owners.flatMap(({ epoch, stoppedAt }, partition) =>
    (epoch ?? stoppedAt) === undefined ? [] : [partition],
  )
  if (held.length === 0) return
  const rows = await deps.db.query<{ partition: number; epoch: string }>(
    'select partition, epoch from ingest_partition where topic = $1 and partition = any ($2::int[])',
    [deps.log.topic, held],
  )
  for (const row of rows) {
    const owner = owners[row.partition]
    const stored = Number(row.epoch)
    if (owner?.stoppedAt !== undefined && owner.stoppedAt !== stored) owner.positionsLost()
    // Only a later one: the owner may have taken over since the row was read.
    else if (owner?.epoch !== undefined && stored > owner.epoch) owner.release()
  }
}
