import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../../bin/prove/free-ports.ts'

const names = ['valkey-server', 'redis-server']
const installWithinMs = 180_000

/** A Valkey, or a Redis, of one's own on a free port of this machine; nothing of it reaches a disk. */
export interface RunningValkey extends AsyncDisposable {
  readonly url: string
  /** Stops it from answering, with its connections open, or lets it go on. */
  freeze(frozen: boolean): void
}

/** Starts one. @throws saying how to get the program */
export async function startValkey(port?: number): Promise<RunningValkey> {
  const [free = 0] = port === undefined ? await freePorts(1) : [port]
  const words = [
    '--bind',
    '127.0.0.1',
    '--port',
    String(free),
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory',
    '64mb',
  ]
  const server = spawn(serverPath(), words, { stdio: 'ignore', cwd: '/' })
  const ended = once(server, 'exit')
  for (let tries = 0; !(await answers(free)); tries++) {
    if (tries === 100 || server.exitCode !== null) throw new Error(`${serverPath()} does not listen on ${free}`)
    await sleep(50)
  }
  return {
    url: `redis://127.0.0.1:${free}`,
    freeze: (frozen) => void server.kill(frozen ? 'SIGSTOP' : 'SIGCONT'),
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL')
      await ended
    },
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Where the server is. A machine without one that lets us install it, as those of CI do, is given the package. */
function serverPath(): string {
  const found = find() ?? (mayInstall() && install())
  if (found) return found
  throw new Error('There is no Valkey and no Redis. Install one (Debian: apt-get install redis-server).')
}

function find(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file))
}

const mayInstall = (): boolean =>
  process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0

function install(): string | undefined {
  const run = (...words: string[]): void => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', words, { timeout: installWithinMs, stdio: ['ignore', 'ignore', 'inherit'], env })
  }
  run('update', '-qq')
  run('install', '-y', '-qq', '--no-install-recommends', 'redis-server')
  return find()
}
