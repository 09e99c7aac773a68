// docs/administration.md is true: its lines with curl work as they stand there, and its commands are understood.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readOptions } from '../../bin/admin/options.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'

const page = readFileSync(new URL('../../docs/administration.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

/** What a line answers; ids that an answer tells stand in for the names of the lines after it. */
async function shell(line: string, ids: Map<string, string>) {
  const filled = line.replace(/SITE_ID|KEY_ID/g, (name) => ids.get(name) ?? name)
  const env = { PATH: process.env.PATH, USERFLOW: it.http, SECRET_KEY: it.secretKey }
  const answer = JSON.parse((await run('bash', ['-c', filled], { env })).stdout)
  if (answer.site) ids.set('SITE_ID', String(answer.site.siteId))
  if (answer.key && !ids.has('KEY_ID')) ids.set('KEY_ID', answer.key.keyId)
  return answer
}

test('every line with curl is answered, one after the other, and does what is written above it', async () => {
  const lines = page.split('\n').filter((line) => line.startsWith('curl '))
  expect(lines.length).toBe(8)
  const ids = new Map<string, string>()
  const answers: Record<string, unknown>[] = []
  for (const line of lines) answers.push(await shell(line, ids))
  expect(answers).toMatchObject([
    { sites: expect.any(Array) },
    { site: { name: 'Shop', timeZone: 'Europe/Lisbon', allowedOrigins: ['https://shop.example'] } },
    { site: { name: 'Shop', allowedOrigins: ['https://shop.example', 'https://www.shop.example'] } },
    { site: { privacy: { ipMode: 'IP_MODE_NONE', queryParameters: ['q'], deniedProperties: ['card'] } } },
    { keys: expect.any(Array) },
    { key: { label: 'pages', eventsPerSecond: 500 }, secret: expect.stringMatching(/^uf_write_/) },
    { key: { label: 'pages', eventsPerSecond: 500 }, old: { keyId: ids.get('KEY_ID') } },
    { key: { keyId: ids.get('KEY_ID'), revokedAt: expect.any(String) } },
  ])
})

test('every command is understood', () => {
  const lines = page.split('\n').filter((line) => line.startsWith('npm run admin -- '))
  expect(lines.length).toBe(9)
  for (const line of lines) {
    const words = line.replace('npm run admin -- ', '').split(' ')
    expect(readOptions(words), line).toBeDefined()
  }
})
