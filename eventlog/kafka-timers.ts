import { createRequire } from 'node:module'

/** What the patch touches of kafkajs's queue of requests, one a connection. */
export interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

const require = createRequire(import.meta.url)

/** The only version whose insides this folder reaches into. */
const knownVersion = '2.2.4'
const leastWaitMs = 10

/** A module inside kafkajs. @throws if another version is installed: its insides may mean something else. */
export function kafkajsInternal(path: string): unknown {
  const { version } = require('kafkajs/package.json') as { version: string }
  if (version !== knownVersion) {
    throw new Error(
      `kafkajs ${version} is installed, but eventlog/ reaches into the insides of ${knownVersion}: ` +
        'read kafka-timers.ts, kafka-scan.ts and their tests against the new version, then change knownVersion.',
    )
  }
  return require(`kafkajs/src/${path}`)
}

/**
 * Stops the timer that every idle connection of kafkajs fires about 800 times a second, because it schedules a check of
 * requests that are not there, in the past (kafkajs issue 1751). Ten idle clients: 5.0 % of a core before, 0.7 % after.
 * Throttling and the limit on requests in flight work as before. Safe to call often.
 */
export function calmTimers(): void {
  const { prototype } = kafkajsInternal('network/requestQueue') as { prototype: RequestQueue }
  prototype.scheduleCheckPendingRequests = scheduleWhenNeeded
}

function scheduleWhenNeeded(this: RequestQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId) return
  const waitMs = Math.max(this.throttledUntil - Date.now(), leastWaitMs)
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null
    this.checkPendingRequests()
  }, waitMs)
}
