import { sealDays } from '../../sql/seal-days.ts'
import type { WorkerFigures } from '../figures.ts'
import type { Job } from './jobs.ts'

const everyMs = 60_000
/** A quarter of one core at most, and as long as an import of a year takes to be caught up with: some minutes. */
const forMs = 15_000
/** Late events often come together; and days that an import is at are sealed when it has passed. */
const waitedMs = 180_000

/** Seals days that are over; one worker at a time, the others find it at work. */
export const sealEndedDays = (figures: WorkerFigures): Job => ({
  name: 'seal-days',
  everyMs,
  quiet: true,
  async run(db, signal) {
    const done = await sealDays(db, { forMs, waitedMs, ...(signal ? { signal } : {}) })
    if (!done) return {}
    figures.unsealedDays.set(done.waiting)
    return { ...done }
  },
})
