import assert from 'node:assert/strict'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { createLogger } from '../../runtime/logger.ts'
import { openDatabase } from '../../sql/database.ts'
import type { ExportEnd, ExportJob, FromThread, ThreadStart, ToThread } from './export-job.ts'
import { writeFile } from './write-file.ts'

// The thread of exports: reads events and writes files, in a heap of its own (export-thread.ts says why).

/** Pages of so many files are read at once; others wait for theirs. */
const maxConnections = 4
/** Longer than a page may take by its own limit. */
const queryTimeoutMs = 20_000

assert(parentPort, 'runs as a thread only')
const { databaseUrl } = workerData as ThreadStart
const logger = createLogger('export', 'warn')
const applicationName = 'userflow-export'
const db = openDatabase({ url: databaseUrl, maxConnections, queryTimeoutMs, applicationName, logger })

parentPort.on('message', (message: ToThread) => {
  if (message === 'end') void end()
  else serve(message.job, message.port)
})

async function end(): Promise<void> {
  await db[Symbol.asyncDispose]()
  parentPort?.close()
}

/** Answers each message of the port by the next piece of the file. */
function serve(job: ExportJob, port: MessagePort): void {
  const bytes = writeFile(db, job)
  port.on('message', async () => post(port, await nextOf(bytes)))
  port.once('close', () => void bytes.return({ rows: 0, next: '' }))
}

async function nextOf(bytes: AsyncGenerator<Uint8Array, ExportEnd>): Promise<FromThread> {
  try {
    const piece = await bytes.next()
    return piece.done ? { end: piece.value } : { bytes: piece.value }
  } catch (error) {
    const { message, code = '' } = error as Error & { code?: string }
    return { failed: message, code: String(code) }
  }
}

/** Bytes that have memory of their own are handed over instead of copied. */
function post(port: MessagePort, reply: FromThread): void {
  const whole = 'bytes' in reply && reply.bytes.length > 0 && reply.bytes.length === reply.bytes.buffer.byteLength
  port.postMessage(reply, whole ? [reply.bytes.buffer as ArrayBuffer] : [])
}
