import type { Database } from '../../sql/database.ts'

/** How long a worker counts as alive after its last sign of life, in ms: the longest a partition stands still after a kill. */
export const leaseMs = 4_000

/** How often a worker shows that it is alive, in ms. */
export const renewEveryMs = 500

/** Who tries to read which partition. It decides who tries, never who may write: that is the epoch's. */
export interface Leases {
  /** Shows that this worker is alive. Resolves with the ids of all live workers, this one among them, sorted. */
  renew(): Promise<readonly string[]>
  /** Leaves: the others need not wait for the lease to run out. */
  leave(): Promise<void>
}

// Ghosts are removed a minute later; until then they only fail the comparison with the clock. The clock is Postgres'.
const renewText = `
with renewed as (
  insert into worker_lease (topic, worker_id, renewed_at) values ($1, $2, clock_timestamp())
  on conflict (topic, worker_id) do update set renewed_at = excluded.renewed_at
), gone as (
  delete from worker_lease
  where topic = $1 and worker_id <> $2 and renewed_at < clock_timestamp() - interval '1 minute'
)
select worker_id from worker_lease
where topic = $1 and worker_id <> $2 and renewed_at > clock_timestamp() - $3::int * interval '1 millisecond'`

/** The leases of one worker of a topic. */
export function createLeases(db: Database, worker: { readonly topic: string; readonly id: string }): Leases {
  return {
    async renew() {
      const others = await db.query<{ worker_id: string }>(renewText, [worker.topic, worker.id, leaseMs])
      return [...others.map((row) => row.worker_id), worker.id].sort()
    },
    async leave() {
      await db.query('delete from worker_lease where topic = $1 and worker_id = $2', [worker.topic, worker.id])
    },
  }
}

/** The partitions that are this worker's: partition p belongs to live[p mod live.length]. */
export function partitionsOf(me: string, live: readonly string[], partitions: number): number[] {
  return Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => live[partition % live.length] === me,
  )
}
