import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postTo, startTestGateway, type TestGateway } from '../../test/support/gateway.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

/** Runs the command as an operator does; answers what it printed. */
async function command(...words: string[]) {
  const file = join(import.meta.dirname, '..', 'admin.ts')
  const env = { PATH: process.env.PATH, BOOTSTRAP_SECRET_KEY: it.secretKey, DATA_DIR: '/nowhere' }
  const ran = await promisify(execFile)(process.execPath, [file, ...words, '--grpc', it.grpc], { env }).catch(
    (error: { stdout: string; stderr: string; code: number }) => error,
  )
  return { out: ran.stdout, err: ran.stderr, code: 'code' in ran ? ran.code : 0 }
}

const json = async (...words: string[]) => JSON.parse((await command(...words, '--json')).out)
const send = (key: string, origin: string) =>
  postTo(`${it.http}/v1/events?key=${key}`, [{ pageView: {} }], { origin }).then(({ error, status }) => error ?? status)

test('an operator makes a site and a key that sends, rotates it, and revokes the old one', async () => {
  const made = await command('sites', 'create', '--name', 'Shop', '--kind', 'web', '--origin', 'https://Shop.example')
  expect(made).toMatchObject({ code: 0, err: '' })
  expect(made.out).toContain('browsers may send from https://shop.example\n')
  expect(made.out).toContain('IP addresses cut, cookieless, query parameters that stay: utm_source ')
  expect(made.out).toContain(`<script defer src="${it.http}/tracker.js" data-key="KEY"></script>`)
  const site = /keys create --site (\d+) --kind write/.exec(made.out)?.[1] ?? ''

  const created = await command(
    'keys',
    'create',
    '--site',
    site,
    '--kind',
    'write',
    '--limit',
    '500',
    '--label',
    'pages',
  )
  const secret = /^uf_write_[\w-]{43}$/m.exec(created.out)?.[0] ?? ''
  expect(created.out).toContain('It is not shown again')
  expect(created.out).toContain(`write key of site ${site}: ingest  pages`)
  expect(created.out).toContain('at most 500 events a second')
  expect(await send(secret, 'https://shop.example')).toBe(200)
  expect(await send(secret, 'https://other.example')).toBe('ORIGIN_NOT_ALLOWED')

  const key = (await json('keys', 'list', '--site', site)).keys[0].keyId
  const rotated = await json('keys', 'rotate', '--key', key, '--overlap', '90m')
  expect(Date.parse(rotated.old.expiresAt) - Date.parse(rotated.key.createdAt)).toBe(5_400_000)
  expect((await command('keys', 'revoke', '--key', key)).out).toMatch(/revoked 20.*replaced by/)
  expect((await json('keys', 'list', '--site', site)).keys).toMatchObject([{ keyId: rotated.key.keyId }])
  const all = await command('keys', 'list', '--all')
  expect(all.out).toContain(key)
  expect(all.out).not.toContain(secret)
})

test('settings of privacy that are not named stay as they are', async () => {
  const create = ['sites', 'create', '--name', 'App', '--kind', 'app', '--ip', 'none', '--deny-property', 'card']
  const { site } = await json(...create)
  const privacy = {
    ipMode: 'IP_MODE_NONE',
    cookieless: true,
    keepAllQueryParameters: true,
    queryParameters: [],
    deniedProperties: ['card'],
    respectDoNotTrack: false,
  }
  expect(site.privacy).toEqual(privacy)
  const update = async (...words: string[]) =>
    (await json('sites', 'update', '--site', `${site.siteId}`, ...words)).site
  const now = await update('--query-parameter', 'q', '--respect-do-not-track', 'yes', '--name', 'New')
  const changed = { ...privacy, keepAllQueryParameters: false, queryParameters: ['q'], respectDoNotTrack: true }
  expect(now).toEqual({ ...site, name: 'New', privacy: changed })
  const back = await update('--all-query-parameters', '--deny-property', '', '--cookieless', 'no', '--any-origin')
  expect(back.privacy).toEqual({ ...privacy, deniedProperties: [], cookieless: false, respectDoNotTrack: true })
})

test('whoever rotates the key of the command itself is told what to do', async () => {
  const admin = (await json('keys', 'list')).keys.find((one: { scopes: string[] }) => one.scopes.includes('admin'))
  const { err, code } = await command('keys', 'revoke', '--key', admin.keyId)
  expect([err, code]).toEqual([expect.stringContaining('nobody could get in again'), 1])
  expect((await command('keys', 'rotate', '--key', admin.keyId)).out).toContain('set BOOTSTRAP_SECRET_KEY')
})

test.each([
  [['sites'], 'Say one of: sites list'],
  [['sites', 'list', '--all'], '"sites list" takes no --all'],
  [['keys', 'rotate'], '"keys rotate" needs --key'],
  [['sites', 'create', '--name', 'x', '--kind', 'shop'], '--kind is web or server or app'],
  [['sites', 'create', '--name', '', '--kind', 'web'], 'name: must have 1 to 200 characters'],
  [['sites', 'update', '--site', '1x'], '--site is a whole number'],
  [['sites', 'update', '--site', '1', '--origin', 'a', '--any-origin'], 'not both'],
  [
    ['keys', 'create', '--site', '1', '--kind', 'write', '--expires', '2099-01-01'],
    '--expires is a time with its zone',
  ],
  [['keys', 'rotate', '--key', 'x', '--overlap', '12'], '--overlap is 0, or a number with s, m, h or d'],
  [['keys', 'revoke', '--key', 'x'], 'must be the key_id'],
])('%j ends with 1 and says what is wrong', async (words, why) => {
  const { code, err, out } = await command(...words)
  expect([code, out]).toEqual([1, ''])
  expect(err).toContain(why)
})
