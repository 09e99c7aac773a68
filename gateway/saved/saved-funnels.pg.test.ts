import { create, type MessageInitShape } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FunnelDefinitionSchema, FunnelOrder, FunnelPerson } from '../../proto/gen/userflow/v1/funnels_pb.ts'
import { Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'
import {
  DeleteFunnelRequestSchema,
  ListFunnelsRequestSchema,
  PutFunnelRequestSchema,
} from '../../proto/gen/userflow/v1/saved_funnels_pb.ts'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { newCompany } from '../admin/admin.case.ts'
import type { SavingCaller } from './keep.ts'
import { createFunnelMethods } from './saved-methods.ts'

const stack = new AsyncDisposableStack()
let db: Database
let methods: ReturnType<typeof createFunnelMethods>
beforeAll(async () => {
  db = stack.use(testDatabase(stack.use(await freshDatabase()).url))
  methods = createFunnelMethods(db)
})
afterAll(() => stack.disposeAsync())

/** Whoever has the key of a company made for it. */
async function newCaller(): Promise<SavingCaller> {
  const { companyId, siteId, keyId } = await newCompany(db)
  return { companyId, who: { kind: 'key', companyId, siteId, keyId, admin: true } }
}
const asPerson = ({ companyId }: SavingCaller): SavingCaller => {
  const person = { personId: crypto.randomUUID(), signInId: crypto.randomUUID(), email: 'ada@example.com' }
  return { companyId, who: { kind: 'person', companyId, role: 'editor', ...person } }
}
const named = (value: string) => ({
  ...{ dimension: Dimension.EVENT_NAME, property: '' },
  ...{ operator: FilterOperator.IS, values: [value] },
})
const buying = { steps: [{ anyEvent: true }, { filters: [named('buy')] }] }
const put = (caller: SavingCaller, request: MessageInitShape<typeof PutFunnelRequestSchema>) =>
  methods.putFunnel(create(PutFunnelRequestSchema, request), caller)
const list = async (caller: SavingCaller) =>
  (await methods.listFunnels(create(ListFunnelsRequestSchema), caller)).funnels!
const remove = (caller: SavingCaller, funnelId: string) =>
  methods.deleteFunnel(create(DeleteFunnelRequestSchema, { funnelId }), caller)

test('a funnel is saved, renamed without saying it again, changed and forgotten, and tells by whom', async () => {
  const caller = await newCaller()
  const [{ prefix } = { prefix: '' }] = await db.query<{ prefix: string }>(
    'select prefix from api_key where company_id = $1',
    [caller.companyId],
  )
  const saved = (await put(caller, { name: ' Buying ', funnel: buying })).funnel!
  expect(saved).toMatchObject({ name: 'Buying', changedBy: prefix, funnel: buying })
  const funnelId = saved.funnelId!
  const renamed = await put(asPerson(caller), { funnelId, name: 'Selling' })
  expect(renamed.funnel).toMatchObject({ funnelId, name: 'Selling', changedBy: 'ada@example.com', funnel: buying })
  const strict = { ...buying, order: FunnelOrder.STRICT, person: FunnelPerson.USER, windowSeconds: 60 }
  await put(caller, { funnelId, name: 'Selling', funnel: strict })
  await put(caller, { name: 'Arriving', funnel: buying })
  expect(await list(caller)).toMatchObject([{ name: 'Arriving' }, { name: 'Selling', funnel: strict }])
  await remove(caller, funnelId)
  await expect(remove(caller, funnelId)).rejects.toMatchObject({ code: 'UNKNOWN_ID' })
  await expect(put(caller, { funnelId, name: 'x' })).rejects.toMatchObject({ code: 'UNKNOWN_ID' })
  expect(await list(caller)).toMatchObject([{ name: 'Arriving' }])
})

test("another company's funnel cannot be seen, changed or deleted", async () => {
  const [owner, other] = [await newCaller(), await newCaller()]
  const funnelId = (await put(owner, { name: 'Mine', funnel: buying })).funnel!.funnelId!
  expect(await list(other)).toEqual([])
  for (const attempt of [() => put(other, { funnelId, name: 'Yours', funnel: buying }), () => remove(other, funnelId)])
    await expect(attempt()).rejects.toMatchObject({ code: 'UNKNOWN_ID' })
  expect(await list(owner)).toMatchObject([{ name: 'Mine' }])
})

const steps = (count: number): MessageInitShape<typeof FunnelDefinitionSchema> => ({
  steps: Array.from({ length: count }, () => ({ anyEvent: true })),
})
const refused: [string, MessageInitShape<typeof PutFunnelRequestSchema>, RegExp][] = [
  ['no name', { name: ' ', funnel: buying }, /^name: must have 1 to 200/],
  ['a long name', { name: 'x'.repeat(201), funnel: buying }, /^name: must have 1 to 200/],
  ['a name of two lines', { name: 'a\nb', funnel: buying }, /^name: must not contain control/],
  ['no funnel', { name: 'x' }, /^funnel: is required/],
  ['one step', { name: 'x', funnel: steps(1) }, /^funnel\.steps: must be 2 to 12/],
  ['13 steps', { name: 'x', funnel: steps(13) }, /^funnel\.steps: must be 2 to 12/],
  ['a step of nothing', { name: 'x', funnel: { steps: [{}, {}] } }, /^funnel\.steps\[0\]\.filters/],
  ['no id', { funnelId: 'x', name: 'x', funnel: buying }, /^funnel_id: must be a UUID/],
]

test.each(refused)('%s is refused by name', async (_, request, message) => {
  await expect(put(await newCaller(), request)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: expect.stringMatching(message),
  })
})

test('two funnels of a company cannot have one name, and there can be 1,000', async () => {
  const caller = await newCaller()
  await put(caller, { name: 'x'.repeat(200), funnel: steps(12) })
  const taken = { message: expect.stringMatching(/^name: is that of another funnel/) }
  await expect(put(caller, { name: 'x'.repeat(200), funnel: buying })).rejects.toMatchObject(taken)
  await db.query(
    `insert into saved_funnel (company_id, name, definition, changed_by)
     select $1, 'n' || n, '{}', '' from generate_series(3, 1000) n`,
    [caller.companyId],
  )
  // Of two at the same time only one finds the last place.
  const both = await Promise.allSettled(['a', 'b'].map((name) => put(caller, { name, funnel: buying })))
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(put(caller, { name: 'c', funnel: buying })).rejects.toMatchObject({
    message: expect.stringMatching(/^funnel: the company has 1,000 saved/),
  })
})

test('a funnel saved by a later version is told without what it says, and can be renamed without losing it', async () => {
  const caller = await newCaller()
  const [row] = await db.query<{ funnel_id: string }>(
    `insert into saved_funnel (company_id, name, definition, changed_by) values ($1, 'later', '{"tomorrow": 1}', '')
     returning funnel_id`,
    [caller.companyId],
  )
  await put(caller, { funnelId: row!.funnel_id, name: 'renamed' })
  const [told] = await list(caller)
  expect([told!.name, told!.funnel]).toEqual(['renamed', undefined])
  expect(await db.query('select definition from saved_funnel where company_id = $1', [caller.companyId])).toEqual([
    { definition: { tomorrow: 1 } },
  ])
})

test('whatever texts its conditions have, a funnel comes back as it was saved, as far as Postgres can hold them', async () => {
  const caller = await newCaller()
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.constantFrom('\0', '\ud800', '__proto__', '"', '\\u0000', '\u202e'),
  )
  let at = 0
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const [value = '', expected = ''] = [text, text.toWellFormed().replaceAll('\0', '\ufffd')]
      const funnel = { steps: [{ name: value, filters: [named(value)] }, { anyEvent: true }] }
      const saved = (await put(caller, { name: `n${at++}`, funnel })).funnel!
      expect(saved.funnel!.steps![0]).toMatchObject({ name: expected, filters: [{ values: [expected] }] })
    }),
    { numRuns: 15, examples: [['\0'], ['\ud800'], ['__proto__']] },
  )
})
