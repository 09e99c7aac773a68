import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { columns, type EventCells, type Kind } from './columns.ts'
import { csv, csvText } from './csv.ts'
import type { Encoder } from './encoder.ts'
import { ndjson } from './ndjson.ts'
import { parquet } from './parquet.ts'

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', '=1+1', '+1', '-1', '@a', '\tx', '\rx', '\nx', "'", "'=x", "''", 'a,b', '"', 'a\r\nb'),
)
/** Values as Postgres writes them, by the kind of the column. */
const cells: Readonly<Record<Kind, fc.Arbitrary<string>>> = {
  text,
  integer: fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }).map(String),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => String(Object.is(value, -0) ? 0 : value)),
  boolean: fc.constantFrom('t', 'f'),
  time: fc
    .tuple(
      fc.date({ min: new Date('2000-01-01Z'), max: new Date('2100-01-01Z'), noInvalidDate: true }),
      fc.nat(999_999),
    )
    .map(
      ([date, micros]) => `${date.toISOString().slice(0, 19).replace('T', ' ')}.${String(micros).padStart(6, '0')}+00`,
    ),
  json: fc
    .dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 3 })
    .map((value) => JSON.stringify(value)),
  bytes: fc.uint8Array({ maxLength: 9 }).map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`),
}
const always = new Set(['company_id', 'event_timestamp', 'event_id'])
const row: fc.Arbitrary<EventCells> = fc.tuple(
  ...columns.map(({ name, kind }) => (always.has(name) ? cells[kind] : fc.option(cells[kind]))),
)
const rows = fc.array(row, { maxLength: 30, size: 'max' })

const written = (encoder: Encoder, rows: readonly EventCells[]): Uint8Array => {
  for (const one of rows) encoder.row(one)
  return encoder.take()
}
const fileOf = (encoder: Encoder, pages: readonly (readonly EventCells[])[]): Buffer =>
  Buffer.concat([...pages.map((page) => written(encoder, page)), encoder.end()])
const inPages = (all: readonly EventCells[]): EventCells[][] => [all.slice(0, 7), all.slice(7)]

/** What a reader is to find in a cell. */
function meaning(kind: Kind, cell: string | null): unknown {
  if (cell === null) return undefined
  if (kind === 'integer' || kind === 'number') return Number(cell)
  if (kind === 'boolean') return cell === 't'
  if (kind === 'time') return `${cell.replace(' ', 'T').slice(0, -3)}Z`
  if (kind === 'json') return JSON.parse(cell)
  return kind === 'bytes' ? Buffer.from(cell.slice(2), 'hex').toString('base64') : cell
}
const meanings = (of: EventCells): Record<string, unknown> =>
  Object.fromEntries(
    columns.flatMap(({ name, kind }, at) => {
      const value = meaning(kind, of[at] ?? null)
      return value === undefined ? [] : [[name, value]]
    }),
  )

test('every line of NDJSON is an object with what its event has, and nothing else', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const lines = fileOf(ndjson(), inPages(all)).toString().split('\n')
      expect(lines.pop()).toBe('')
      expect(lines.map((line) => JSON.parse(line))).toEqual(all.map(meanings))
    }),
  )
})

/** RFC 4180: records of cells; undefined is an empty cell without quotes. */
function readCsv(text: string): (string | undefined)[][] {
  const records: (string | undefined)[][] = [[]]
  for (let at = 0; at < text.length; ) {
    const [whole, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))/.exec(text.slice(at))!
    records.at(-1)!.push(quoted?.replaceAll('""', '"') ?? (plain || undefined))
    at += whole.length
    if (text.startsWith('\r\n', at)) {
      records.push([])
      at += 2
    } else if (text[at] === ',') at += 1
    else if (at < text.length) throw new Error(`what is ${JSON.stringify(text[at])}?`)
  }
  expect(records.pop()).toEqual([])
  return records
}

test('every cell of CSV is read back as it was, and none of text begins as a formula does', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const [names, ...records] = readCsv(fileOf(csv({ continued: false }), inPages(all)).toString())
      expect(names).toEqual(columns.map(({ name }) => name))
      expect(records.length).toBe(all.length)
      for (const [place, record] of records.entries()) {
        for (const [at, { kind }] of columns.entries()) {
          const cell = record[at]
          const isText = kind === 'text' || kind === 'json' || kind === 'bytes'
          if (isText) expect(cell ?? '').not.toMatch(/^[=+\-@\t\r\n]/)
          const read = isText ? cell?.replace(/^'/, '') : cell
          const meant = meaning(kind === 'json' ? 'text' : kind, all[place]![at] ?? null)
          expect(kind === 'number' || kind === 'integer' ? read && Number(read) : read).toEqual(
            kind === 'boolean' && meant !== undefined ? String(meant) : meant,
          )
        }
      }
    }),
  )
})

test('a formula gets an apostrophe, and so does what begins with one', () => {
  expect(['=1', '+1', '-1', '@a', '\ta', "'a", 'a=1'].map(csvText)).toEqual([
    "'=1",
    "'+1",
    "'-1",
    "'@a",
    "'\ta",
    "''a",
    'a=1',
  ])
  expect(csvText('\r')).toBe('"\'\r"')
  expect(csvText('=HYPERLINK("x","y")')).toBe('"\'=HYPERLINK(""x"",""y"")"')
})

test('a file of CSV that goes on has no names again', () => {
  expect(fileOf(csv({ continued: true }), []).length).toBe(0)
})

test('Parquet is read back by another library: rows, types, times to the microsecond', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (all) => {
      const bytes = fileOf(parquet(), inPages(all))
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
      const parsers = { timestampFromMicroseconds: (micros: bigint) => micros }
      const found = await parquetReadObjects({ file, parsers: parsers as never })
      expect(found.length).toBe(all.length)
      for (const [place, { ...object }] of found.entries()) {
        const wanted = meanings(all[place]!)
        for (const { name, kind } of columns) {
          const value = object[name] ?? undefined
          const plain = typeof value === 'bigint' ? Number(value) : value
          const meant =
            kind === 'json' && wanted[name] ? all[place]![columns.findIndex((one) => one.name === name)] : wanted[name]
          expect({ name, value: plain }).toEqual({
            name,
            value: kind === 'time' && meant ? microsOf(String(meant)) : meant,
          })
        }
      }
    }),
    { numRuns: 50 },
  )
})

const microsOf = (iso: string): number => Date.parse(`${iso.slice(0, 19)}Z`) * 1e3 + Number(iso.slice(20, 26))

test('Parquet is written group by group: bytes come before the end', () => {
  const encoder = parquet()
  const one = columns.map(({ name, kind }) => (always.has(name) ? fc.sample(cells[kind], 1)[0]! : null))
  const begun = written(
    encoder,
    Array.from({ length: 2_500 }, () => one),
  ).length
  expect(begun).toBeGreaterThan(1_000)
  expect(written(encoder, [one]).length).toBe(0)
  expect(encoder.end().length).toBeGreaterThan(500)
})
