/** Heartbeats that go on while a batch is worked on. */
export interface Heartbeat {
  /** Stops; answers the error of a heartbeat that failed. */
  end(): unknown
}

const everyMs = 1_000
/** A batch that takes longer is stuck, and its reader should lose its place. */
const mostMs = 60_000

/**
 * Calls `beat` every second for at most a minute, until `end`. kafkajs beats only between batches: during a long one the
 * group would time out, and the batch would be delivered again and again.
 */
export function heartbeatDuring(beat: () => Promise<void>): Heartbeat {
  const begunMs = Date.now()
  let failed: unknown
  const timer = setInterval(() => {
    if (failed || Date.now() - begunMs > mostMs) return clearInterval(timer)
    beat().catch((error: unknown) => {
      failed ??= error
    })
  }, everyMs)
  return {
    end() {
      clearInterval(timer)
      return failed
    },
  }
}
