import { textOf } from '../analytics/columns.ts'
import type { Row } from '../analytics/run-statement.ts'

/** The id of a dead letter, topic/partition/offset, from its row. */
export const letterIdOf = (row: Row): string =>
  `${textOf(row, 'topic')}/${textOf(row, 'log_partition')}/${textOf(row, 'log_offset')}`

/** The parts of an id: the topic, and partition and offset as they are written. */
export function partsOf(id: string): [topic: string, partition: string, offset: string] {
  const [topic = '', partition = '', offset = ''] = id.split('/')
  return [topic, partition, offset]
}
