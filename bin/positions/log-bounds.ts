import { existsSync } from 'node:fs'
import { openEmbeddedLog } from '../../eventlog/embedded.ts'
import type { Watermarks } from '../../eventlog/eventlog.ts'
import { createClient } from '../../eventlog/kafka-client.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { WorkerConfig } from '../../workers/config.ts'

/** Where the log is. */
export type LogPlace = Pick<WorkerConfig, 'kafkaBrokers' | 'topic' | 'partitions' | 'logPath'>

/**
 * First offset kept and next offset to be written, of every partition. Only looks: a log or topic that does not exist is not
 * made. @throws if there is none, or it does not answer.
 */
export async function readBounds(place: LogPlace, logger: Logger): Promise<readonly Watermarks[]> {
  const { kafkaBrokers: brokers, topic, partitions, logPath: path } = place
  if (brokers.length === 0) {
    if (!existsSync(path))
      throw new Error(`there is no log at ${path}; set DATA_DIR or KAFKA_BROKERS as the workers have it`)
    await using log = await openEmbeddedLog({ path, topic, partitions })
    return await log.watermarks()
  }
  const admin = createClient({ brokers, clientId: 'userflow-positions', logger }).admin({ retry: { retries: 2 } })
  try {
    await admin.connect()
    const offsets = await admin.fetchTopicOffsets(topic)
    return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
  } finally {
    await admin.disconnect()
  }
}
