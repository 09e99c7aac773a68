import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { LogRecord } from '../../eventlog/eventlog.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Digest } from './digest.ts'
import type { GeoipFiles } from './geoip-files.ts'
import { packRecords } from './packed-records.ts'
import { reserveFile } from './shared-file.ts'
import type { TaskAnswer, ThreadData } from './task.ts'

/** Threads that read, enrich and write records, so that the main thread only fetches and commits. */
export interface Threads extends AsyncDisposable {
  /**
   * Digests a batch of one partition, records ascending. The records may be reused as soon as the call returns.
   * @throws if the thread dies; the batch is then as it was, and may be digested again.
   */
  digest(partition: number, records: readonly LogRecord[]): Promise<Digest>
}

/**
 * Starts the threads. `threads` is at least 1; cores - 1 is best, as the main thread needs one (two threads on two cores
 * were slower). `geoip` undefined: events get no region and city.
 */
export function createThreads(options: {
  readonly threads: number
  readonly geoip: GeoipFiles | undefined
  readonly logger: Logger
}): Threads {
  const { logger } = options
  if (options.geoip === undefined) {
    logger.warn('no geo database: events get no region and city; install the optional package or set GEOIP_DB')
  }
  const workerData: ThreadData = { geoip: shareFiles(options.geoip) }
  const pool = new Piscina<unknown, TaskAnswer>({
    filename: fileURLToPath(new URL('./task.ts', import.meta.url)),
    minThreads: options.threads,
    maxThreads: options.threads,
    workerData,
  })
  return {
    async digest(_partition, records) {
      const packed = packRecords(records)
      const { digest, reports } = await pool.run(packed, { transferList: [packed.buffer] })
      for (const report of reports) logger.warn(report)
      return digest
    },
    async [Symbol.asyncDispose]() {
      await pool.destroy()
    },
  }
}

function shareFiles(files: GeoipFiles | undefined): ThreadData['geoip'] {
  if (files === undefined) return undefined
  const ipv4 = reserveFile(files.ipv4)
  return { ipv4, ipv6: files.ipv6 === files.ipv4 ? ipv4 : reserveFile(files.ipv6) }
}
