import { defineConfig } from 'vitest/config'

const skip = ['**/node_modules/**', '.data/**', '.cache/**']
const postgres = './test/support/postgres-setup.ts'
const kafka = './test/support/kafka-setup.ts'

/** One project for each thing a test needs, told by the file's name. */
export default defineConfig({
  test: {
    setupFiles: ['./test/support/random-setup.ts'],
    // Two cores, one Postgres and one broker for all: more workers only make each other wait.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // What is waited for takes as long as a busy machine needs; a second is short for that.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['**/*.test.ts'], exclude: [...skip, '**/*.{pg,kafka,faults,browser}.test.ts'] },
      },
      { extends: true, test: { name: 'pg', include: ['**/*.pg.test.ts'], exclude: skip, globalSetup: [postgres] } },
      {
        extends: true,
        test: { name: 'kafka', include: ['**/*.kafka.test.ts'], exclude: skip, globalSetup: [postgres, kafka] },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['**/*.browser.test.ts'],
          exclude: skip,
          globalSetup: [postgres],
          testTimeout: 120_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['**/*.faults.test.ts'],
          exclude: skip,
          globalSetup: [postgres, kafka],
          // Each starts a whole system, and often waits for what it broke: with those of the browser, when all else is done.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
