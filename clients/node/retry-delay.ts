/** How long to wait before the next attempt, in ms: doubled with each failure from 100 to 5,000, less up to half by chance. */
export const backOffMs = (failures: number): number =>
  Math.min(5_000, 100 * 2 ** Math.max(0, failures - 1)) * (1 - Math.random() / 2)

/** What a `retry-after` asks for, in ms; 0: it asks for nothing. A gateway never asks for more than a minute. */
export function retryAfterMs(seconds: string | undefined): number {
  const ms = Number(seconds) * 1_000
  return ms > 0 ? Math.min(60_000, ms) : 0
}
