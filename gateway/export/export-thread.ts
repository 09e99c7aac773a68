import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { Logger } from '../../runtime/logger.ts'
import { toStoreError } from '../analytics/run-statement.ts'
import type { ExportEnd, ExportJob, FromThread, ThreadStart, ToThread } from './export-job.ts'

/** Writes the files of exports in a thread, which runs while there are any. Disposing it ends the thread. */
export interface ExportThread extends AsyncDisposable {
  /** The file's bytes as they become ready, at the reader's pace; a piece is gone when the next is asked for. @throws RequestError QUERY_TOO_SLOW, STORE_DOWN */
  write(job: ExportJob): AsyncGenerator<Uint8Array, ExportEnd>
}

/**
 * A thread has a heap of its own, which can be bounded: millions of rows, each garbage at once, let the young part of the
 * gateway's own grow to 128 MB, and it stayed so (docs/performance.md, "Exports"). Sizes in MB. Past the second the thread ends
 * instead of the gateway.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 160 }
/** A long export asks for one part after another; between two of them the thread stays. */
const idleMs = 10_000
/** The doors have already waited for exports to end. */
const endWithinMs = 1_000

/** Starts no thread before the first export. */
export function createExportThread({ databaseUrl, logger }: { databaseUrl: string; logger: Logger }): ExportThread {
  let thread: Worker | undefined
  let files = 0
  let idle: NodeJS.Timeout | undefined

  const start = (): Worker => {
    const workerData: ThreadStart = { databaseUrl }
    const started = new Worker(new URL('thread-work.ts', import.meta.url), { workerData, resourceLimits })
    started.once('error', (error) => logger.error({ err: error }, 'the thread of exports failed'))
    started.once('exit', () => {
      if (thread === started) thread = undefined
    })
    return started
  }
  const end = async (): Promise<void> => {
    const ending = thread
    thread = undefined
    if (!ending) return
    const ended = once(ending, 'exit')
    ending.postMessage('end' satisfies ToThread)
    const timer = setTimeout(() => void ending.terminate(), endWithinMs)
    await ended.finally(() => clearTimeout(timer))
  }
  return {
    async *write(job) {
      clearTimeout(idle)
      files += 1
      thread ??= start()
      const { port1: port, port2 } = new MessageChannel()
      thread.postMessage({ job, port: port2 } satisfies ToThread, [port2])
      try {
        return yield* piecesOf(port)
      } finally {
        port.close()
        files -= 1
        if (files === 0) idle = setTimeout(() => void end(), idleMs).unref()
      }
    },
    [Symbol.asyncDispose]: () => {
      clearTimeout(idle)
      return end()
    },
  }
}

async function* piecesOf(port: MessagePort): AsyncGenerator<Uint8Array, ExportEnd> {
  for (;;) {
    const reply = await ask(port)
    if ('end' in reply) return reply.end
    if ('failed' in reply) throw toStoreError(Object.assign(new Error(reply.failed), { code: reply.code }))
    yield reply.bytes
    // Given back now: garbage of this kind is collected when it is 64 MB.
    const { buffer } = reply.bytes
    if (buffer instanceof ArrayBuffer) buffer.transfer(0)
  }
}

async function ask(port: MessagePort): Promise<FromThread> {
  const waiting = new AbortController()
  const { signal } = waiting
  const answered = once(port, 'message', { signal }).then(([reply]) => reply as FromThread)
  const gone = once(port, 'close', { signal }).then(() => ({ failed: 'the thread of exports has ended', code: '' }))
  port.postMessage('more')
  try {
    return await Promise.race([answered, gone])
  } finally {
    waiting.abort()
  }
}
