import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Logger } from '../../runtime/logger.ts'
import { postgresAccount } from './account.ts'
import { findOrCreateCluster } from './cluster.ts'
import { findInstallation } from './installation.ts'

/** A Postgres of our own, as a child process. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Connection URL of the superuser on the database "postgres". */
  readonly url: string
  readonly pid: number
  /** Settles when the server ends by itself. */
  readonly ended: Promise<void>
}

/** Where the server keeps its files. */
export interface EmbeddedOptions {
  /** Folder of the cluster, created if missing. */
  readonly dir: string
  /** TCP port on 127.0.0.1; 0 chooses a free one. */
  readonly port: number
  readonly logger: Logger
  /** More settings, name to value. */
  readonly settings?: Readonly<Record<string, string>>
}

const run = promisify(execFile)

// Folder for what the account of Postgres must read when the project itself lies below a private folder.
const sharedDir = '/var/lib/userflow'

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '256MB',
  max_connections: '60',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  io_method: 'sync',
  log_checkpoints: 'off',
  log_min_messages: 'warning',
}

/**
 * Starts Postgres on the cluster in `dir`, making the cluster first if there is none; works as root too.
 * A server left over by a killed parent is stopped first. Stopping is "fast": open sessions are ended, nothing is lost.
 * @throws if it does not answer within 60 s; the message holds the server's last words.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = await postgresAccount()
  const installation = await findInstallation(account, sharedDir)
  const cluster = await findOrCreateCluster({ dir: options.dir, sharedDir, account }, installation)
  const dataDir = join(cluster.dir, 'data')
  await stopLeftOver(dataDir, options.logger)
  const port = options.port || (await freePort())
  const flags = Object.entries({ ...settings, ...options.settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const child = spawn(installation.postgres, ['-D', dataDir, '-p', String(port), ...flags], {
    ...(account ?? {}),
    cwd: cluster.dir,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in a terminal must reach us first, so that the workers stop before their database.
    detached: true,
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilReady(child, options.logger)
  return {
    url: `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`,
    pid: child.pid as number,
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT')
      await ended
    },
  }
}

/** Waits for the line by which the server says that it accepts connections, and passes its later words to the log. */
function untilReady(child: ChildProcess, logger: Logger): Promise<void> {
  return new Promise((resolve, reject) => {
    let words = ''
    const timer = setTimeout(() => reject(new Error(`Postgres did not become ready in 60 s:\n${words}`)), 60_000)
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`Postgres ended with ${code} before it was ready:\n${words}`))
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      const text = chunk.toString()
      words = (words + text).slice(-4_000)
      if (words.includes('ready to accept connections')) {
        clearTimeout(timer)
        resolve()
      } else if (/FATAL|PANIC/.test(text)) logger.warn({ postgres: text.trim() }, 'Postgres says')
    })
  })
}

async function stopLeftOver(dataDir: string, logger: Logger): Promise<void> {
  const words = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(words.split('\n')[0])
  if (!pid || !(await isPostgres(pid))) return
  logger.warn({ pid }, 'a Postgres of an earlier start still runs; stopping it')
  process.kill(pid, 'SIGINT')
  for (let waitedMs = 0; waitedMs < 30_000 && (await isPostgres(pid)); waitedMs += 100) await sleep(100)
}

async function isPostgres(pid: number): Promise<boolean> {
  // Only a process that is a postgres: after a reboot the number may belong to anybody.
  const command = await run('ps', ['-p', String(pid), '-o', 'comm=']).catch(() => ({ stdout: '' }))
  return /postgres/.test(command.stdout)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
