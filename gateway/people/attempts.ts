import { RequestError } from '../errors.ts'

/** How often somebody may guess. Counts only, at this gateway: nothing waits here. */
export interface Attempts {
  /**
   * Takes an attempt to give a password of this account from this address. The function that is answered gives it back, when
   * the password was right. @throws RequestError SIGN_IN_LIMITED with the seconds until the next may pass
   */
  take(account: string, address: string): () => void
}

interface Bucket {
  /** Attempts that may pass at `atMs`. */
  left: number
  atMs: number
}

/** How many at once, and how long until one more. */
interface Limit {
  readonly burst: number
  readonly everyMs: number
}

/** 2,880 guesses a day: what a list of common passwords would need has been refused beforehand. */
const ofAccount: Limit = { burst: 10, everyMs: 30_000 }
/** Offices share an address. */
const ofAddress: Limit = { burst: 30, everyMs: 10_000 }
/** Of each kind. Beyond, the one used longest ago is forgotten, and begins full when it is needed again. */
const mostBuckets = 50_000

/** `now` is a clock that never goes back, in ms; a test's may be another. */
export function createAttempts(now: () => number = () => performance.now()): Attempts {
  const accounts = createBuckets(ofAccount, now)
  const addresses = createBuckets(ofAddress, now)
  return {
    take(account, address) {
      const both = [accounts(account), addresses(address)]
      const waitMs = Math.max(...both.map((one) => one.waitMs))
      if (waitMs > 0) {
        throw new RequestError('SIGN_IN_LIMITED', undefined, { retryAfterSeconds: Math.ceil(waitMs / 1_000) })
      }
      for (const { bucket } of both) bucket.left -= 1
      return () => {
        for (const { bucket } of both) bucket.left += 1
      }
    },
  }
}

function createBuckets({ burst, everyMs }: Limit, now: () => number) {
  const buckets = new Map<string, Bucket>()
  return (name: string): { bucket: Bucket; waitMs: number } => {
    const atMs = now()
    const bucket = buckets.get(name) ?? { left: burst, atMs }
    bucket.left = Math.min(burst, bucket.left + (atMs - bucket.atMs) / everyMs)
    bucket.atMs = atMs
    // Written last, so that the first of the map is the one used longest ago.
    buckets.delete(name)
    if (buckets.size >= mostBuckets) buckets.delete(buckets.keys().next().value!)
    buckets.set(name, bucket)
    return { bucket, waitMs: bucket.left >= 1 ? 0 : (1 - bucket.left) * everyMs }
  }
}
