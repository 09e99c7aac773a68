import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createLogger } from '../../runtime/logger.ts'
import { openDatabase } from '../../sql/database.ts'
import { removeCluster } from '../../sql/embedded/cluster.ts'
import { startEmbeddedPostgres } from '../../sql/embedded/server.ts'
import { migrate } from '../../sql/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated database that tests clone; never written to. */
    postgresTemplate: { url: string; name: string }
  }
}

/** One Postgres for all test files of a project: DATABASE_URL, or the embedded one on a folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const logger = createLogger('test', 'error')
  await using stack = new AsyncDisposableStack()
  const dir = join(tmpdir(), `userflow-test-${randomBytes(6).toString('hex')}`)
  const given = process.env.DATABASE_URL
  if (!given) stack.defer(() => removeCluster(dir))
  const server = given
    ? undefined
    : stack.use(
        await startEmbeddedPostgres({ dir, port: 0, logger, settings: { fsync: 'off', max_connections: '200' } }),
      )
  const url = given ?? server?.url ?? ''
  const name = `userflow_template_${randomBytes(4).toString('hex')}`
  const open = (target: string) =>
    openDatabase({ url: target, maxConnections: 1, queryTimeoutMs: 60_000, applicationName: 'test-setup', logger })
  const admin = stack.use(open(url))
  await admin.query(`create database ${name}`)
  {
    await using template = open(withDatabase(url, name))
    await migrate(template)
    await template.query('select ensure_event_partitions(13, 2)')
  }
  project.provide('postgresTemplate', { url, name })
  const release = stack.move()
  return async () => {
    await admin.query(`drop database if exists ${name} with (force)`)
    await release.disposeAsync()
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
