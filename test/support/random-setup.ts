import fc from 'fast-check'

// With FAST_CHECK_SEED the random cases are the same in every run, so that a failure belongs to the change and not to the
// day; without it each run tries others, and says its seed when one fails.
const seed = process.env.FAST_CHECK_SEED
if (seed) fc.configureGlobal({ seed: Number(seed) })
