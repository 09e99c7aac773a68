import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { processEnv } from '../runtime/env.ts'
import { createLogger } from '../runtime/logger.ts'
import { openDatabase } from '../sql/database.ts'
import { findRunningUrl } from '../sql/embedded/find-running.ts'
import { rebuildRollups, verifyRollups } from '../sql/rollups.ts'
import { sealDays } from '../sql/seal-days.ts'
import { readStartConfig } from './start/config.ts'

const usage = `npm run rollups -- verify    recompute every rollup from the raw events and compare; changes nothing
npm run rollups -- rebuild   write every rollup anew from the raw events
npm run rollups -- seal      seal the days that are over now, instead of waiting for the workers to do it

Uses DATABASE_URL, or the Postgres of a running \`npm start\` on DATA_DIR. --json prints JSON.
`
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } })
const [command] = positionals
if (command !== 'verify' && command !== 'rebuild' && command !== 'seal') {
  process.stderr.write(usage)
  process.exit(2)
}

const config = readStartConfig(processEnv())
const url = config.databaseUrl ?? (await findRunningUrl(join(config.dataDir, 'postgres')))
await using database = openDatabase({
  url,
  maxConnections: 1,
  queryTimeoutMs: 3_600_000,
  applicationName: `userflow-rollups-${command}`,
  logger: createLogger('rollups'),
})
if (command === 'seal') {
  const done = await sealDays(database, { forMs: 3_600_000 })
  if (values.json) process.stdout.write(`${JSON.stringify(done ?? null)}\n`)
  else if (done) process.stdout.write(`${done.sealed} days sealed, ${done.waiting} wait\n`)
  else process.stdout.write('A worker is sealing days at this moment. Try again in a minute.\n')
  if (!done || done.waiting > 0) process.exitCode = 1
} else if (command === 'rebuild') {
  const written = await rebuildRollups(database)
  if (values.json) process.stdout.write(`${JSON.stringify(written)}\n`)
  else for (const one of written) process.stdout.write(`${one.rollup.padEnd(24)} ${one.rows} rows written\n`)
} else {
  const found = await verifyRollups(database)
  if (values.json) process.stdout.write(`${JSON.stringify(found)}\n`)
  else {
    for (const one of found) {
      process.stdout.write(`${one.rollup.padEnd(24)} ${one.rows} rows, ${one.different} different\n`)
      if (one.example) process.stdout.write(`  for example ${JSON.stringify(one.example)}\n`)
    }
  }
  if (found.some((one) => one.different > 0)) process.exitCode = 1
}
