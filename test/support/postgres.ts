import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { createLogger } from '../../runtime/logger.ts'
import { type Database, openDatabase } from '../../sql/database.ts'

/** A migrated database of one's own, cloned from the template and dropped at the end. */
export async function freshDatabase(): Promise<AsyncDisposable & { readonly url: string }> {
  const template = inject('postgresTemplate')
  const name = `userflow_test_${randomBytes(6).toString('hex')}`
  await asAdmin(template.url, `create database ${name} template ${template.name}`)
  const url = new URL(template.url)
  url.pathname = `/${name}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => asAdmin(template.url, `drop database if exists ${name} with (force)`),
  }
}

/** Opens a small pool on it. */
export function testDatabase(url: string, options: { maxConnections?: number } = {}): Database {
  return openDatabase({
    url,
    maxConnections: options.maxConnections ?? 4,
    queryTimeoutMs: 30_000,
    applicationName: 'test',
    logger: createLogger('test', 'silent'),
  })
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
