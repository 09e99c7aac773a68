/** A place where answers are kept for a while. It may forget any of them at any time. */
export interface CacheTier {
  /** The bytes kept under the key, or undefined. Never throws: what cannot be read is not there. */
  get(key: string): Promise<Uint8Array | undefined>
  /** Keeps the bytes if it can. Never throws. */
  set(key: string, bytes: Uint8Array): Promise<void>
}

/** No answer is kept longer, whatever its mark says. */
export const mostAgeMs = 10 * 60_000
