import { z } from 'zod'
import { processEnv, readEnv } from '../runtime/env.ts'
import { createLogger } from '../runtime/logger.ts'
import { openDatabase } from '../sql/database.ts'
import { migrate } from '../sql/migrate.ts'
import { installKeys } from './start/bootstrap.ts'
import { readStartConfig } from './start/config.ts'
import { installAdmin } from './start/first-admin.ts'

// `npm run migrate`: brings DATABASE_URL to this version and installs the keys and the admin that BOOTSTRAP_… variables name.
const { DATABASE_URL: url } = readEnv(processEnv(), {
  DATABASE_URL: z.string({ error: 'is missing: the URL of Postgres, postgres://user:password@host:5432/name' }),
})
const config = readStartConfig(processEnv())
await using database = openDatabase({
  url,
  maxConnections: 1,
  queryTimeoutMs: 600_000,
  applicationName: 'userflow-migrate',
  logger: createLogger('migrate'),
})
const done = await migrate(database)
await database.query('select ensure_event_partitions(13, 2)')
await installKeys(database, {
  ...(config.writeKey ? { writeKey: config.writeKey } : {}),
  ...(config.secretKey ? { secretKey: config.secretKey } : {}),
})
// Without a password it would have to be printed, and logs of a deployment are kept.
if (config.adminPassword) await installAdmin(database, config)
process.stdout.write(
  `Applied ${done.migrations.length} migration(s), replaced ${done.replaced.length} function(s) and view(s).\n`,
)
