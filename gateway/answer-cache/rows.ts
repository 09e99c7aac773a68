import { createHash } from 'node:crypto'
import type { Row } from '../analytics/run-statement.ts'

const digestBytes = 32

/** Rows as bytes, sealed with the key they belong to. */
export function packRows(key: string, rows: readonly Row[]): Uint8Array {
  const body = Buffer.from(JSON.stringify(rows))
  return Buffer.concat([digest(key, body), body])
}

/** Rows of bytes from wherever; undefined unless they are whole, were kept under this key, and have the form of rows. */
export function unpackRows(key: string, bytes: Uint8Array): readonly Row[] | undefined {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(digestBytes)
  if (bytes.length < digestBytes || !digest(key, body).equals(bytes.subarray(0, digestBytes))) return undefined
  try {
    const rows: unknown = JSON.parse(body.toString('utf8'))
    return Array.isArray(rows) && rows.every(isRow) ? rows : undefined
  } catch {
    return undefined
  }
}

const digest = (key: string, body: Uint8Array): Buffer => createHash('sha256').update(`${key}\n`).update(body).digest()

const isRow = (row: unknown): row is Row =>
  typeof row === 'object' &&
  row !== null &&
  !Array.isArray(row) &&
  Object.values(row).every((value) => value === null || typeof value === 'string')
