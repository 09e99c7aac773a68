/** One value that is read now and then, once for all who ask at the same time. */
export interface MemoryOfOne<T> {
  /** The value, at most so old. */
  get(): Promise<T>
  /** The value, read now. */
  again(): Promise<T>
  /** Since it was read; endless before the first time. */
  ageMs(): number
}

export function createMemoryOfOne<T>(
  read: () => Promise<T>,
  { mostAgeMs, now }: { readonly mostAgeMs: number; readonly now: () => number },
): MemoryOfOne<T> {
  let kept: { readonly value: T; readonly readAtMs: number } | undefined
  let reading: Promise<T> | undefined
  const ageMs = (): number => (kept ? now() - kept.readAtMs : Number.POSITIVE_INFINITY)
  const readNow = async (): Promise<T> => {
    const readAtMs = now()
    const value = await read()
    kept = { value, readAtMs }
    return value
  }
  const again = (): Promise<T> => {
    reading ??= readNow().finally(() => {
      reading = undefined
    })
    return reading
  }
  return { again, ageMs, get: async () => (kept && ageMs() <= mostAgeMs ? kept.value : again()) }
}
