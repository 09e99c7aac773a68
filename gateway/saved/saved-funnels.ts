import { fromJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type FunnelDefinition, FunnelDefinitionSchema } from '../../proto/gen/userflow/v1/funnels_pb.ts'
import type {
  DeleteFunnelRequest,
  ListFunnelsResponseSchema,
  PutFunnelRequest,
  PutFunnelResponseSchema,
  SavedFunnelSchema,
} from '../../proto/gen/userflow/v1/saved_funnels_pb.ts'
import type { Database } from '../../sql/database.ts'
import { checkLine } from '../admin/check.ts'
import { checkFunnel } from '../analytics/funnels/check-funnel.ts'
import { stored } from '../analytics/run-statement.ts'
import { invalid, RequestError } from '../errors.ts'
import { checkUuid } from '../people/check-person.ts'
import {
  definitionOf,
  insertWithin,
  knowsMembers,
  nameOfWho,
  type SavingCaller,
  toNameTaken,
  valuesOfWho,
} from './keep.ts'

const mostFunnels = 1_000

interface Row extends Record<string, unknown> {
  readonly funnel_id: string
  readonly name: string
  readonly definition: JsonValue
  readonly created_at: Date
  readonly changed_at: Date
  readonly changed_by: string
}

const columns = 'funnel_id, name, definition, created_at, changed_at, changed_by'

/** Every saved funnel of the company, by name. */
export async function listFunnels(
  db: Database,
  caller: SavingCaller,
): Promise<MessageInitShape<typeof ListFunnelsResponseSchema>> {
  const rows = await db.query<Row>(
    `select ${columns} from saved_funnel where company_id = $1::int order by name collate "C"`,
    [caller.companyId],
  )
  return { funnels: rows.map((row) => savedOf(row, caller)) }
}

/** Saves a new funnel, or changes one. @throws RequestError PARAMETER_INVALID, UNKNOWN_ID */
export async function putFunnel(
  db: Database,
  request: PutFunnelRequest,
  caller: SavingCaller,
): Promise<MessageInitShape<typeof PutFunnelResponseSchema>> {
  const name = checkLine('name', request.name, { min: 1, max: 200 })
  const { funnel } = request
  if (funnel) checkFunnel(funnel)
  else if (request.funnelId === '') throw invalid('funnel', 'is required')
  const definition = funnel ? definitionOf(FunnelDefinitionSchema, funnel) : null
  const values = [caller.companyId, name, definition, ...valuesOfWho(caller.who)] as const
  const put =
    request.funnelId === ''
      ? insertWithin<Row>(db, insertSql, values)
      : db.query<Row>(updateSql, [...values, checkUuid('funnel_id', request.funnelId)])
  const [row] = await stored(put.catch(toNameTaken('funnel')))
  if (row) return { funnel: savedOf(row, caller) }
  if (request.funnelId !== '') throw new RequestError('UNKNOWN_ID')
  throw invalid('funnel', `the company has ${mostFunnels.toLocaleString('en')} saved: delete one first`)
}

const insertSql = `
  insert into saved_funnel (company_id, name, definition, changed_by)
  select $1::int, $2::text, $3::jsonb, ${nameOfWho(4)}
  where (select count(*) from saved_funnel where company_id = $1::int) < ${mostFunnels}
  returning ${columns}`
const updateSql = `
  update saved_funnel set name = $2::text, definition = coalesce($3::jsonb, definition), changed_at = now(),
    changed_by = ${nameOfWho(4)}
  where company_id = $1::int and funnel_id = $6::uuid
  returning ${columns}`

/** @throws RequestError PARAMETER_INVALID, UNKNOWN_ID */
export async function deleteFunnel(
  db: Database,
  request: DeleteFunnelRequest,
  { companyId }: SavingCaller,
): Promise<Record<never, never>> {
  const deleted = await db.query(
    'delete from saved_funnel where company_id = $1::int and funnel_id = $2::uuid returning funnel_id',
    [companyId, checkUuid('funnel_id', request.funnelId)],
  )
  if (deleted.length === 0) throw new RequestError('UNKNOWN_ID')
  return {}
}

function savedOf(row: Row, { who }: SavingCaller): MessageInitShape<typeof SavedFunnelSchema> {
  const funnel = readDefinition(row.definition)
  return {
    funnelId: row.funnel_id,
    name: row.name,
    ...(funnel && { funnel }),
    createdAt: timestampFromDate(row.created_at),
    changedAt: timestampFromDate(row.changed_at),
    changedBy: knowsMembers(who) ? row.changed_by : '',
  }
}

/** A field that this version does not know would change what a funnel means, so such a one is not told at all. */
function readDefinition(definition: JsonValue): FunnelDefinition | undefined {
  try {
    return fromJson(FunnelDefinitionSchema, definition)
  } catch {
    return undefined
  }
}
