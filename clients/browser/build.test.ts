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

test('the core evaluates no text and names no host', () => {
  const [core] = built
  expect(core?.code).not.toMatch(/\beval\(|new Function|https?:\/\//)
})
