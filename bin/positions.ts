import { join } from 'node:path'
import { processEnv } from '../runtime/env.ts'
import { createLogger, type Logger } from '../runtime/logger.ts'
import { type Database, openDatabase } from '../sql/database.ts'
import { findRunningUrl } from '../sql/embedded/find-running.ts'
import { readWorkerConfig, type WorkerConfig } from '../workers/config.ts'
import { acceptPosition } from '../workers/consume/accept-position.ts'
import { readBounds } from './positions/log-bounds.ts'
import { help, type Options, readOptions } from './positions/options.ts'
import { type PastIncident, type Position, readIncidents, readPositions } from './positions/read-positions.ts'
import { runCommand } from './running/command.ts'
import { readStartConfig } from './start/config.ts'

const shownIncidents = 20

interface On {
  readonly config: WorkerConfig
  readonly db: Database
  readonly logger: Logger
}

async function boundsOf({ config, logger }: On) {
  return await readBounds(config, logger).catch((error: Error) => {
    console.error(`The log cannot be read, so lags are what workers last saw: ${error.message}`)
    return undefined
  })
}

async function list(on: On, json: boolean): Promise<void> {
  const { topic } = on.config
  const positions = await readPositions(on.db, topic, await boundsOf(on))
  const incidents = await readIncidents(on.db, topic, shownIncidents)
  if (json) return console.log(JSON.stringify({ topic, positions, incidents }))
  console.log(positions.length === 0 ? `Nothing of ${topic} was read yet.` : `Partitions of ${topic}:`)
  for (const position of positions) console.log(lineOf(position))
  if (incidents.length > 0) console.log('\nIncidents, newest first:')
  for (const incident of incidents) console.log(incidentLine(incident))
}

const lineOf = ({ partition, stored, low, high, lag, owner, storedAt }: Position): string =>
  `  ${partition}: stored to ${stored}, log ${low ?? '?'} to ${high ?? '?'}, ${lag < 0 ? `ends ${-lag} before that` : `lag ${lag}`}, ` +
  `changed ${storedAt} by ${owner || 'nobody'}`

const incidentLine = ({ partition, kind, from, to, at, detail }: PastIncident): string =>
  `  ${at} partition ${partition} ${kind} ${from} to ${to}\n      ${detail}`

async function accept(on: On, options: Options & { command: 'accept' }): Promise<void> {
  const { partition, offset } = options
  const bounds = (await boundsOf(on))?.find((one) => one.partition === partition)
  if (bounds && offset > bounds.high) {
    throw new Error(`The log ends at ${bounds.high}: a position behind its end would stop the partition again.`)
  }
  const before = await acceptPosition(on.db, { topic: on.config.topic, partition, offset })
  if (options.json) console.log(JSON.stringify({ topic: on.config.topic, partition, before, offset }))
  else console.log(`Partition ${partition} reads on at ${offset}; before it was ${before}.`)
}

async function run(options: Options): Promise<void> {
  const env = processEnv()
  const start = readStartConfig(env)
  const url = start.databaseUrl ?? (await findRunningUrl(join(start.dataDir, 'postgres')))
  const config = readWorkerConfig({ ...env, DATABASE_URL: url, DATA_DIR: start.dataDir })
  const logger = createLogger('positions', 'error')
  await using db = openDatabase({
    url,
    maxConnections: 1,
    queryTimeoutMs: 15_000,
    applicationName: 'userflow-positions',
    logger,
  })
  const on = { config, db, logger }
  if (options.command === 'list') await list(on, options.json)
  else await accept(on, options)
}

await runCommand({ help, readOptions, run })
