import { setTimeout as sleep } from 'node:timers/promises'

/** How often and how patiently to try. Waits grow by two from `firstMs` to `mostMs`, each shortened at random by up to half. */
export interface RetryOptions {
  readonly attempts: number
  readonly firstMs: number
  readonly mostMs: number
  readonly signal?: AbortSignal
  /** Whether this error may pass by itself; absent: every error may. */
  readonly passing?: (error: unknown) => boolean
  /** Told before each wait. */
  readonly onRetry?: (error: unknown, attempt: number) => void
}

/**
 * Tries until `work` succeeds. The only place where an infrastructure fault is tried again.
 * @throws the last error, when attempts are used up, the error is not a passing one, or the signal fires.
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      const passing = options.passing?.(error) ?? true
      if (!passing || attempt >= options.attempts || options.signal?.aborted) throw error
      options.onRetry?.(error, attempt)
      const waitMs = Math.min(options.mostMs, options.firstMs * 2 ** (attempt - 1)) * (1 - Math.random() / 2)
      await sleep(waitMs, undefined, options.signal ? { signal: options.signal } : {}).catch(() => {
        throw error
      })
    }
  }
}
