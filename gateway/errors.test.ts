import { readFileSync } from 'node:fs'
import { Code, ConnectError } from '@connectrpc/connect'
import { codeToString } from '@connectrpc/connect/protocol-connect'
import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { type ErrorCode, RequestError, retryAfterSeconds, toConnectError, toPlainError } from './errors.ts'

const codes = Object.keys(catalogue) as ErrorCode[]

test('docs/errors.md has exactly the rows of the catalogue', () => {
  const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const wanted = codes.map((code) => {
    const { connect, http, message } = catalogue[code]
    return `| \`${code}\` | ${codeToString(connect)} | ${http} | ${retryAfterSeconds(code) ?? '–'} | ${message} |`
  })
  expect(rows).toEqual(wanted)
})

test.each(codes)('%s keeps its code, status and text in every form', (code) => {
  const answer = toConnectError(new RequestError(code, 'what was wrong'))
  expect(answer.code).toBe(catalogue[code].connect)
  expect(answer.rawMessage).toBe(`what was wrong. ${catalogue[code].message}`)
  expect(answer.metadata.get('x-userflow-error')).toBe(code)
  expect(answer.details.length).toBe(retryAfterSeconds(code) === undefined ? 1 : 2)
  expect(answer.metadata.has('retry-after')).toBe(retryAfterSeconds(code) !== undefined)
  expect(toPlainError(new RequestError(code))).toMatchObject({ code, error: codeToString(catalogue[code].connect) })
})

test('anything else that is thrown becomes INTERNAL and shows none of its text', () => {
  for (const thrown of [new Error('password=hunter2'), 'text', undefined, null, 7, { code: 'KEY_UNKNOWN' }]) {
    const answer = toConnectError(thrown)
    expect(answer.code).toBe(Code.Internal)
    expect(answer.rawMessage).toBe(catalogue.INTERNAL.message)
  }
})

test('an error of the Connect library passes unchanged', () => {
  const error = new ConnectError('broken frame', Code.InvalidArgument)
  expect(toConnectError(error)).toBe(error)
})
