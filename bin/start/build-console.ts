import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '../../runtime/logger.ts'

const command = join(import.meta.dirname, '..', 'console.ts')
/** Events come first: the build takes what is left of the processors. */
const lowPriority = 10

/**
 * Builds the console in a process of its own if it is missing or older than its sources, which takes some seconds; until then
 * the gateway says so. A build that fails is logged and stops nothing.
 */
export function buildConsole(logger: Logger): AsyncDisposable {
  const child = spawn(process.execPath, [command, '--if-needed'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4_000)
  })
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      logger.error({ err: error }, 'the console cannot be built')
      resolve()
    })
    child.once('exit', (code, signal) => {
      if (code !== 0 && signal === null) logger.error({ words }, 'the console was not built; try: npm run console')
      resolve()
    })
  })
  if (child.pid !== undefined) yieldToOthers(child.pid)
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, lowPriority)
  } catch {
    // Not every system lets us; it is built all the same.
  }
}
