import { parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { printRows, readRowFormat } from './print-rows.ts'

const answer = {
  rows: [
    { value: '=1+1', visitors: 2, first: true, more: { a: [1] } },
    { value: 'a "b", c', visitors: -1.5 },
  ],
  total: { visitors: 3 },
  meta: { metric: 'x' },
}

test('the rows of an answer are a file for another program, and a spreadsheet finds no formula in it', () => {
  expect(printRows(answer, 'csv')).toBe(
    'value,visitors,first,more\r\n\'=1+1,2,true,"{""a"":[1]}"\r\n"a ""b"", c",-1.5,,\r\n',
  )
  expect(
    String(printRows(answer, 'ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(answer.rows)
})

test('an answer of figures alone is one row', () => {
  expect(printRows({ visitors: 3, sessions: 4, meta: {} }, 'csv')).toBe('visitors,sessions\r\n3,4\r\n')
})

test('Parquet has the rows with their types; what is neither number nor boolean is text', async () => {
  const read = async (of: object) => {
    const { buffer } = printRows(of as never, 'parquet') as Uint8Array
    return parquetReadObjects({ file: buffer as ArrayBuffer })
  }
  expect(await read(answer)).toEqual([
    { value: '=1+1', visitors: 2, first: true, more: '{"a":[1]}' },
    { value: 'a "b", c', visitors: -1.5, first: null, more: null },
  ])
  const mixed = { rows: [{ at: 1, none: null }, { at: 'x' }] }
  expect(await read(mixed)).toEqual([
    { at: '1', none: null },
    { at: 'x', none: null },
  ])
  expect(await read({ rows: [] })).toEqual([])
})

test('a format that is not known is refused by name', () => {
  expect(() => readRowFormat('xls')).toThrow('--format: "xls" is none of csv, ndjson, parquet')
})
