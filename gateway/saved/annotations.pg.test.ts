import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  DeleteAnnotationRequestSchema,
  ListAnnotationsRequestSchema,
  PutAnnotationRequestSchema,
} from '../../proto/gen/userflow/v1/annotations_pb.ts'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { newCompany } from '../admin/admin.case.ts'
import { fromMicros } from '../analytics/time.ts'
import type { SavingCaller } from './keep.ts'
import { createAnnotationMethods } from './saved-methods.ts'

const stack = new AsyncDisposableStack()
let db: Database
let methods: ReturnType<typeof createAnnotationMethods>
beforeAll(async () => {
  db = stack.use(testDatabase(stack.use(await freshDatabase()).url))
  methods = createAnnotationMethods(db)
})
afterAll(() => stack.disposeAsync())

interface Company extends SavingCaller {
  readonly siteIds: readonly [number, number]
}

/** An editor of a company made for it, which has two sites. */
async function newEditor(): Promise<Company> {
  const { companyId, siteId } = await newCompany(db)
  const [other] = await db.query<{ site_id: number }>(
    `insert into site (company_id, name, kind) values ($1, 'other', 'web') returning site_id`,
    [companyId],
  )
  const person = { personId: crypto.randomUUID(), signInId: crypto.randomUUID(), email: 'ada@example.com' }
  return {
    companyId,
    siteIds: [siteId, other!.site_id],
    who: { kind: 'person', companyId, role: 'editor', ...person },
  }
}
const day = (at: number) => fromMicros(Date.UTC(2026, 10, at) * 1e3)
const put = (caller: SavingCaller, request: MessageInitShape<typeof PutAnnotationRequestSchema>) =>
  methods.putAnnotation(create(PutAnnotationRequestSchema, request), caller)
const list = (caller: SavingCaller, request: MessageInitShape<typeof ListAnnotationsRequestSchema> = {}) =>
  methods.listAnnotations(create(ListAnnotationsRequestSchema, request), caller)
const texts = async (...asked: Parameters<typeof list>) => (await list(...asked)).annotations!.map(({ text }) => text)
const remove = (caller: SavingCaller, annotationId: string) =>
  methods.deleteAnnotation(create(DeleteAnnotationRequestSchema, { annotationId }), caller)

test('an annotation is added, changed and deleted; its author stays who wrote it', async () => {
  const ada = await newEditor()
  const exactly = { seconds: 1_795_000_000n, nanos: 123_456_000 }
  const added = (await put(ada, { at: exactly, text: ' Release 2 ', siteId: ada.siteIds[0] })).annotation!
  expect(added).toMatchObject({ text: 'Release 2', at: exactly, siteId: ada.siteIds[0], author: 'ada@example.com' })
  const annotationId = added.annotationId!
  const bob = { ...ada, who: { ...ada.who, email: 'bob@example.com' } as SavingCaller['who'] }
  await put(bob, { annotationId, at: day(3), text: 'Release 2.0' })
  expect(await list(ada)).toMatchObject({
    annotations: [{ annotationId, text: 'Release 2.0', at: day(3), siteId: 0, author: 'ada@example.com' }],
    total: 1,
  })
  await remove(ada, annotationId)
  await expect(remove(ada, annotationId)).rejects.toMatchObject({ code: 'UNKNOWN_ID' })
  await expect(put(ada, { annotationId, at: day(1), text: 'x' })).rejects.toMatchObject({ code: 'UNKNOWN_ID' })
  expect(await list(ada)).toEqual({ annotations: [], total: 0 })
})

test('a period has those from its start to before its end, and a site those of all sites too, page by page', async () => {
  const ada = await newEditor()
  const [first, second] = ada.siteIds
  for (const [at, siteId] of [[1, 0], [2, first], [3, second], [4, first]] as const) // biome-ignore format: a table
    await put(ada, { at: day(at), siteId, text: `of ${at}` })
  expect(await texts(ada)).toEqual(['of 4', 'of 3', 'of 2', 'of 1'])
  expect(await texts(ada, { from: day(2), to: day(4) })).toEqual(['of 3', 'of 2'])
  expect(await texts(ada, { from: day(3) })).toEqual(['of 4', 'of 3'])
  expect(await texts(ada, { to: day(3) })).toEqual(['of 2', 'of 1'])
  expect(await texts(ada, { siteIds: [first] })).toEqual(['of 4', 'of 2', 'of 1'])
  expect(await list(ada, { siteIds: [first], limit: 1, offset: 1 })).toMatchObject({
    annotations: [{ text: 'of 2' }],
    total: 3,
  })
})

test("another company's annotation cannot be seen, changed or deleted, and nothing be noted on its site", async () => {
  const [ada, eve] = [await newEditor(), await newEditor()]
  const annotationId = (await put(ada, { at: day(1), text: 'Mine' })).annotation!.annotationId!
  expect(await list(eve, { siteIds: [...ada.siteIds] })).toEqual({ annotations: [], total: 0 })
  for (const attempt of [
    () => put(eve, { annotationId, at: day(1), text: 'Yours' }),
    () => put(eve, { at: day(1), text: 'Yours', siteId: ada.siteIds[0] }),
    () => remove(eve, annotationId),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: 'UNKNOWN_ID' })
  expect(await texts(ada)).toEqual(['Mine'])
})

const at = day(1)
const refused: [string, MessageInitShape<typeof PutAnnotationRequestSchema>, RegExp][] = [
  ['no time', { text: 'x' }, /^at: is required/],
  ['a time of no calendar', { text: 'x', at: { seconds: 1n << 60n } }, /^at: must lie between/],
  ['no text', { text: ' ', at }, /^text: must have 1 to 200/],
  ['a long text', { text: 'x'.repeat(201), at }, /^text: must have 1 to 200/],
  ['a terminal’s commands', { text: 'a\u001b[31m', at }, /^text: must not contain control/],
  ['a site of no company', { text: 'x', at, siteId: 2 ** 31 }, /^site_id: 2147483648 is not/],
  ['no id', { annotationId: 'x', text: 'x', at }, /^annotation_id: must be a UUID/],
]

test.each(refused)('%s is refused by name', async (_, request, message) => {
  await expect(put(await newEditor(), request)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: expect.stringMatching(message),
  })
})

test('a company can have 10,000, whatever a stranger’s hand wrote into them', async () => {
  const ada = await newEditor()
  const hostile = `${'𝒳'.repeat(100)}<img src=x onerror="window.pwned=1">\u202e=1+1`
  await put(ada, { at, text: hostile })
  expect(await texts(ada)).toEqual([hostile])
  await db.query(
    `insert into annotation (company_id, at, text, author) select $1, now(), '', '' from generate_series(2, 10000)`,
    [ada.companyId],
  )
  await expect(put(ada, { at, text: 'x' })).rejects.toMatchObject({
    message: expect.stringMatching(/^text: the company has 10,000 annotations/),
  })
})

test('who wrote it is told to members and keys only', async () => {
  const ada = await newEditor()
  await put(ada, { at, text: 'x' })
  const nobody = { companyId: ada.companyId, who: { kind: 'nobody', companyId: 0 } } as const
  expect((await list(nobody)).annotations).toMatchObject([{ text: 'x', author: '' }])
})
