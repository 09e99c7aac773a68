import type { SchemaElement } from 'hyparquet-writer'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { fromSqlTime } from '../analytics/time.ts'
import { base64Of, type Column, columns, type EventCells } from './columns.ts'
import type { Encoder } from './encoder.ts'

/**
 * Rows of a group at most. A group is encoded in one go, in which the gateway does nothing else (5,000 rows with statistics of
 * every column took 200 ms); smaller ones make a larger footer, which is all of a file that stays in memory until its end.
 */
const groupRows = 2_500
/** A group is also closed when its text passes this, so that events of 64 KiB do not gather by the thousand. */
const groupCharacters = 8 * 1024 * 1024

/** A writer from which what has been written is taken away. */
class TakenWriter extends ByteWriter {
  take(): Uint8Array {
    const bytes = new Uint8Array(this.buffer).slice(0, this.index)
    this.index = 0
    return bytes
  }
}

/** Parquet with Snappy. Times are microseconds in UTC, whole numbers 64 bits, JSON and bytes (base64) are text. */
export function parquet(): Encoder {
  const writer = new TakenWriter()
  const file = new ParquetWriter({ writer, schema: schema(), createdBy: 'userflow' })
  let group: EventCells[] = []
  let characters = 0
  const close = (): void => {
    if (group.length === 0) return
    const rows = group
    group = []
    characters = 0
    const columnData = columns.map((column, at) => ({
      name: column.name,
      data: rows.map((row) => parquetValue(column, row[at] ?? null)),
      // Rows lie in the order of time, so these are what a reader can skip groups by.
      statistics: column.kind === 'time',
      offsetIndex: false,
    }))
    void file.write({ columnData, rowGroupSize: groupRows })
  }
  return {
    row(cells) {
      group.push(cells)
      for (const cell of cells) characters += cell?.length ?? 0
      if (group.length >= groupRows || characters > groupCharacters) close()
    },
    take: () => writer.take(),
    end() {
      close()
      void file.finish()
      return writer.take()
    },
  }
}

const schema = (): SchemaElement[] => [
  { name: 'root', num_children: columns.length },
  ...columns.map((column): SchemaElement => ({ name: column.name, repetition_type: 'OPTIONAL', ...typeOf(column) })),
]

function typeOf({ kind }: Column): Pick<SchemaElement, 'type' | 'converted_type'> {
  switch (kind) {
    case 'integer':
      return { type: 'INT64' }
    case 'number':
      return { type: 'DOUBLE' }
    case 'boolean':
      return { type: 'BOOLEAN' }
    case 'time':
      return { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' }
    default:
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8' }
  }
}

function parquetValue({ kind }: Column, cell: string | null): string | number | bigint | boolean | undefined {
  if (cell === null) return undefined
  switch (kind) {
    case 'integer':
      return BigInt(cell)
    case 'number':
      return Number(cell)
    case 'boolean':
      return cell === 't'
    case 'time': {
      const { seconds, nanos } = fromSqlTime(cell)
      return seconds * 1_000_000n + BigInt(nanos / 1_000)
    }
    case 'bytes':
      return base64Of(cell)
    default:
      return cell
  }
}
