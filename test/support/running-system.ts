import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../../bin/prove/free-ports.ts'
import { findRunningUrl } from '../../sql/embedded/find-running.ts'

const root = join(import.meta.dirname, '..', '..')

/** A UserFlow started as `npm start` does, as real processes on ports and a data folder of its own. */
export interface RunningSystem extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>
  readonly keys: { readonly writeKey: string; readonly secretKey: string }
  readonly databaseUrl: string
  /** What it printed when it was ready. */
  readonly banner: string
  /** Sends SIGINT, as Ctrl-C does. Resolves with the exit code and how many of its processes are left. */
  interrupt(): Promise<{ code: number | null; left: number }>
  /** Kills every process of the tree with SIGKILL, Postgres included, as a power button would. */
  killEverything(): Promise<void>
}

/** Where a system keeps its files and listens; the same again after a kill. */
export interface Place {
  readonly dataDir: string
  readonly httpPort: number
  readonly grpcPort: number
  readonly more?: Readonly<Record<string, string>>
}

/** A place on free ports. */
export async function freePlace(dataDir: string, more: Readonly<Record<string, string>> = {}): Promise<Place> {
  const [httpPort = 0, grpcPort = 0] = await freePorts(2)
  return { dataDir, httpPort, grpcPort, more }
}

/** Starts the system and waits for its banner. @throws with its words if it is not ready within 60 s. */
export async function startSystem(place: Place): Promise<RunningSystem> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    DATA_DIR: place.dataDir,
    HTTP_PORT: String(place.httpPort),
    GRPC_PORT: String(place.grpcPort),
    METRICS_PORT: '0',
    LOG_LEVEL: 'warn',
    ...place.more,
  }
  const child = spawn(process.execPath, ['bin/start.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const banner = await untilReady(child)
  const keys = JSON.parse(await readFile(join(place.dataDir, 'keys.json'), 'utf8')) as RunningSystem['keys']
  return {
    env,
    keys,
    databaseUrl: place.more?.DATABASE_URL ?? (await findRunningUrl(join(place.dataDir, 'postgres'))),
    banner,
    interrupt: () => interrupt(child),
    killEverything: () => end(child, 'SIGKILL'),
    [Symbol.asyncDispose]: () => end(child, 'SIGTERM'),
  }
}

function untilReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let words = ''
    const fail = (why: string) => reject(new Error(`The system is not ready: ${why}\n${words}`))
    const timer = setTimeout(() => fail('60 s have passed'), 60_000)
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}`))
    const listen = (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-16_000)
      // The banner's last line.
      if (!words.includes('Stop with Ctrl-C')) return
      clearTimeout(timer)
      resolve(words)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
  })
}

async function interrupt(child: ChildProcess): Promise<{ code: number | null; left: number }> {
  const pids = descendants(child.pid as number)
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  const code = await ended
  return { code, left: pids.filter(isThere).length }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const pids = signal === 'SIGKILL' ? descendants(child.pid as number) : []
  child.kill(signal)
  for (const pid of pids) killIfThere(pid)
  await ended
  // The kernel needs a moment to close the sockets of a killed tree.
  for (let tries = 0; pids.some(isThere) && tries < 100; tries++) await sleep(50)
}

/** Children of children, from one listing of all processes. */
function descendants(pid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const parents = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number])
  const found: number[] = []
  for (let edge = [pid]; edge.length > 0; ) {
    edge = parents.filter(([, parent]) => edge.includes(parent)).map(([child]) => child)
    found.push(...edge)
  }
  return found
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
