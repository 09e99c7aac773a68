import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Built, buildTracker, distDir, gzipBytes } from './build.ts'

let built: readonly Built[]
beforeAll(async () => {
  built = await buildTracker()
})

test('what is checked in is what the sources build: npm run tracker', async () => {
  for (const { name, code } of built) expect(await readFile(join(distDir, name), 'utf8'), name).toBe(code)
})

test('the core has at most 4,096 bytes gzipped, and what is loaded later stays as small as it is', () => {
  const most = { 'tracker.js': 4_096, 'tracker-auto.js': 6_000, 'tracker-keep.js': 600 }
  const sizes = built.map((one) => [one.name, gzipBytes(one)] as const)
  expect(sizes.map(([name]) => name)).toEqual(Object.keys(most))
  for (const [name, bytes] of sizes) expect(bytes, name).toBeLessThanOrEqual(most[name as keyof typeof most])
})

test('docs/tracker.md has a row for each option and each function, and no other', async () => {
  const read = (name: string): Promise<string> => readFile(join(import.meta.dirname, name), 'utf8')
  const document = await read('../../docs/tracker.md')
  const namesOf = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]).sort()
  const part = (text: string, start: string): string => text.slice(text.indexOf(start)).split('\n}')[0] ?? ''
  const options = part(await read('options.ts'), 'interface TrackerOptions')
  expect(namesOf(document, /^\| `data-(\w+)` \|/gm)).toEqual(namesOf(options, /^ {2}readonly (\w+)/gm))
  const functions = part(await read('tracker.ts'), 'interface Tracker {')
  const rows = document.split('\n').filter((line) => /^\| `\w+\(/.test(line))
  expect(rows.flatMap((row) => namesOf(row.split(' | ')[0] ?? '', /`(\w+)\(/g)).sort()).toEqual(
    namesOf(functions, /^ {2}(\w+)\(/gm),
  )
})

test('the core evaluates no text and names no host', () => {
  const [core] = built
  expect(core?.code).not.toMatch(/\beval\(|new Function|https?:\/\//)
})
