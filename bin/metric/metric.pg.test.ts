import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import { questions } from './questions.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
  const visit = (country: string, visitor: string) => ({
    visitor_id: visitor,
    session_id: visitor,
    country,
    channel: 'email',
  })
  const events = [
    visit('DE', 'a'),
    visit('AT', 'b'),
    visit('US', 'c'),
    { ...visit('DE', '\u001b[2J'), page_path: '/\u001b[2J' },
  ]
  await storeEvents(it.db, { topic: 'test', events })
})
afterAll(() => it[Symbol.asyncDispose]())

/** Runs the command as an operator does; answers what it printed. */
async function command(...words: string[]) {
  const file = join(import.meta.dirname, '..', 'metric.ts')
  const env = { PATH: process.env.PATH, BOOTSTRAP_SECRET_KEY: it.secretKey, DATA_DIR: '/nowhere' }
  const ran = await promisify(execFile)(process.execPath, [file, ...words, '--grpc', it.grpc], { env }).catch(
    (error: { stdout: string; stderr: string; code: number }) => error,
  )
  return { out: ran.stdout, err: ran.stderr, code: 'code' in ran ? ran.code : 0 }
}

const november = ['--from', '2026-11-01', '--to', '2026-12-01']

test('every metric is listed with its question', async () => {
  const { out } = await command('--list')
  expect(out).toMatch(/^overview +\d+ {2}How much traffic was there\?$/m)
  expect(out).toMatch(/^breakdown_of_days .*\[breakdown\]$/m)
})

test('a question with filters is answered as JSON, with the SQL and the parameters that ran', async () => {
  const { out, err } = await command(
    'overview',
    ...november,
    '--filter',
    'country is DE,AT',
    '--compare',
    'previous-period',
    '--json',
  )
  expect(err).toBe('')
  const answer = JSON.parse(out)
  expect(answer).toMatchObject({ visitors: 3, sessions: 3, compared: { visitors: 0, to: '2026-11-01T00:00:00Z' } })
  expect(answer.meta.metric).toBe('overview_of_sessions')
  expect(answer.meta.sql).toContain("coalesce(s.country, '') = any ($6::text[])")
  expect(answer.meta.parameters.at(-1)).toEqual(['DE', 'AT'])
})

test('a funnel is asked step by step', async () => {
  const steps = ['--through', 'country is DE', '--through', 'any && x is y']
  expect((await command('funnel', ...november, ...steps)).err).toMatch(/"any " is not a filter/)
  const asked = [
    '--through',
    'event_type is page_view && country is DE,AT',
    '--through',
    'any @1',
    '--window',
    '2d',
    '--by',
    'country',
  ]
  const { out } = await command('funnel', ...november, ...asked, '--order', 'strict', '--json')
  const { steps: answered, groups, meta } = JSON.parse(out)
  expect(answered).toMatchObject([
    { name: 'event_type is page_view && country is DE,AT', persons: 3 },
    { name: 'any @1', persons: 0 },
  ])
  expect(groups.map(({ value }: { value: string }) => value)).toEqual(['DE', 'AT'])
  expect(meta.parameters.slice(6, 10)).toEqual(['visitor', 172_800, true, [-1, 1]])
})

test('a saved funnel is asked by its name', async () => {
  const put = await fetch(`${it.http}/userflow.v1.FunnelService/PutFunnel`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': it.secretKey },
    body: JSON.stringify({ name: 'Twice', funnel: { steps: [{ anyEvent: true }, { name: 'again', anyEvent: true }] } }),
  })
  expect(put.status).toBe(200)
  const { out } = await command('funnel', ...november, '--saved', 'Twice', '--json')
  expect(JSON.parse(out)).toMatchObject({ steps: [{ persons: 4 }, { name: 'again', persons: 0 }] })
  expect((await command('funnel', ...november, '--saved', 'Thrice')).err).toMatch(/that are saved: "Twice"/)
  expect((await command('overview', ...november, '--saved', 'Twice')).err).toMatch(/--saved goes with funnel/)
})

test('a table shows what a stranger wrote without obeying it', async () => {
  const { out } = await command('breakdown', '--by', 'country', ...november)
  expect(out).toMatch(/^DE +2 +2 +2/m)
  expect(out).toContain('sql/metrics/breakdown_of_days.sql, version 1')
  const pages = await command('pages', ...november)
  expect(pages.out).toContain('/\ufffd[2J')
  expect(pages.out).not.toContain('\u001b')
})

test('the plan is shown on demand', async () => {
  const { out } = await command('time_series', '--interval', 'week', ...november, '--explain')
  expect(out).toMatch(/Execution Time/)
})

test.each(Object.keys(questions))('%s answers', async (name) => {
  const { code, err } = await command(name, '--session', 'a')
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

test.each([
  [['overview', '--filter', 'planet is Mars'], /is not a dimension/],
  [['nothing'], /none of overview/],
  [['time_series', '--time-zone', 'Europe/Atlantis'], /time_zone: must be a name of the IANA database/],
  [['breakdown', '--order', 'luck'], /--order: "luck" is none of visitors/],
  [['overview', '--from', '2026-12-01', '--to', '2026-11-01'], /from: must be before to/],
])('what is wrong with %j is said', async (words, message) => {
  const { err, code } = await command(...words)
  expect(err).toMatch(message)
  expect(code).toBe(1)
})
