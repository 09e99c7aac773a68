import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openGeoip } from './geoip.ts'
import { findGeoipFiles } from './geoip-files.ts'
import { placeOf } from './place-of.ts'
import { reserveFile, sharedBytes } from './shared-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'geoip-'))
afterAll(() => rmSync(folder, { recursive: true }))

function sharedPackage() {
  const files = findGeoipFiles(undefined)
  if (files === undefined) throw new Error('the optional dependency with the database is not installed')
  return { ipv4: reserveFile(files.ipv4), ipv6: reserveFile(files.ipv6) }
}

describe('the database of the optional package', () => {
  test('finds addresses of both families, and reads each file at its first use only', () => {
    const shared = sharedPackage()
    const lookup = openGeoip(shared, (message) => expect.unreachable(message))
    const loaded = () => [shared.ipv4, shared.ipv6].map(({ state }) => new Int32Array(state)[0] !== 0)
    for (const address of ['127.0.0.1', '10.0.0.1', '::1', 'nonsense', '']) expect(lookup(address)).toBeUndefined()
    expect(loaded()).toEqual([false, false])
    expect(lookup('81.2.69.142')).toEqual({ country: 'GB', region: 'England', city: 'London' })
    expect(lookup('::ffff:81.2.69.142')?.country).toBe('GB')
    expect(loaded()).toEqual([true, false])
    expect(lookup('2a02:810d::1')?.country).toBe('DE')
    expect(loaded()).toEqual([true, true])
  })
})

test('a file that is no database is reported once, and events go on without a place', () => {
  const path = join(folder, 'broken.mmdb')
  writeFileSync(path, 'not a database')
  const reports: string[] = []
  const file = reserveFile(path)
  const lookup = openGeoip({ ipv4: file, ipv6: file }, (message) => reports.push(message))
  expect(lookup('8.8.8.8')).toBeUndefined()
  expect(lookup('8.8.4.4')).toBeUndefined()
  expect(reports).toEqual([expect.stringContaining('broken.mmdb')])
})

test('a file that vanished is reported, and events go on without a place', () => {
  const path = join(folder, 'gone.mmdb')
  writeFileSync(path, 'x')
  const file = reserveFile(path)
  rmSync(path)
  const reports: string[] = []
  expect(openGeoip({ ipv4: file, ipv6: file }, (message) => reports.push(message))('8.8.8.8')).toBeUndefined()
  expect(reports).toHaveLength(1)
})

test('a shared file is read once and seen by all who share it', () => {
  const path = join(folder, 'shared')
  writeFileSync(path, 'first')
  const file = reserveFile(path)
  expect(sharedBytes(file)?.toString()).toBe('first')
  writeFileSync(path, 'other')
  expect(sharedBytes(file)?.toString()).toBe('first')
})

test('a database that is named must exist', () => {
  expect(() => findGeoipFiles(join(folder, 'absent.mmdb'))).toThrow('GEOIP_DB')
})

test('both layouts of city databases are understood', () => {
  const lisbon = { country: 'PT', region: 'Lisboa', city: 'Lisbon' }
  expect(placeOf({ country_code: 'PT', state1: 'Lisboa', city: 'Lisbon' })).toEqual(lisbon)
  const nested = {
    country: { iso_code: 'PT' },
    subdivisions: [{ names: { en: 'Lisboa' } }],
    city: { names: { en: 'Lisbon', pt: 'Lisboa' } },
  }
  expect(placeOf(nested)).toEqual(lisbon)
  expect(placeOf({ registered_country: { iso_code: 'PT' } })).toEqual({ country: 'PT', region: '', city: '' })
  for (const record of [null, 'x', 7, undefined]) expect(placeOf(record)).toBeUndefined()
})
