import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  type EventSchemaSchema,
  type PutSchemaRequest,
  SchemaMode,
  type SchemaService,
  type SetSchemaModeRequest,
  type TrySchemaRequest,
} from '../../proto/gen/userflow/v1/schemas_pb.ts'
import type { Database } from '../../sql/database.ts'
import type { Caller } from '../analytics/answer.ts'
import type { ReadMethods } from '../analytics/read-methods.ts'
import { stored } from '../analytics/run-statement.ts'
import { invalid, RequestError } from '../errors.ts'
import { limits } from '../ingest/limits.ts'
import { quote } from '../ingest/quote.ts'
import { type CompiledSchema, compileNewSchema } from './compile-schema.ts'
import {
  type Keeping,
  keepMode,
  keepVersion,
  type Mode,
  type NewVersion,
  readKept,
  type SchemaRow,
} from './kept-schemas.ts'
import { type Named, type Trial, tryOnStored } from './trial.ts'

/** What the service needs. */
export interface SchemaKeeping {
  readonly db: Database
  /** This gateway is to follow a change of the company's schemas at once; the others follow within 5 s. */
  readonly changed: (companyId: number) => void
}

type Methods = ReadMethods<typeof SchemaService>
type Told = MessageInitShape<typeof EventSchemaSchema>

/** Somebody else may change the same schema at the same time; what was decided on has to be looked at again then. */
const attempts = 3

/**
 * The methods of SchemaService. They throw RequestError: SCHEMA_INVALID, SCHEMA_UNKNOWN, SCHEMA_WOULD_REJECT, SCHEMA_CONFLICT,
 * PARAMETER_INVALID, QUERY_TOO_SLOW, STORE_DOWN.
 */
export function createSchemaMethods(keeping: SchemaKeeping): Methods {
  const { db } = keeping
  return {
    listSchemas: async (_request, { companyId }) => ({
      schemas: (await stored(readKept(db, companyId))).map((row) => tell(row, companyId)),
    }),
    putSchema: (request, caller) => again(() => putSchema(keeping, request, caller)),
    setSchemaMode: (request, caller) => again(() => setSchemaMode(keeping, request, caller)),
    trySchema: (request, caller) => trySchema(db, request, caller),
  }
}

async function putSchema(keeping: SchemaKeeping, request: PutSchemaRequest, caller: Caller) {
  const { db } = keeping
  const named = nameOf(request.name, caller)
  const { json, compiled } = compileNewSchema(request.jsonSchema ?? {})
  const [before] = await stored(readKept(db, named.companyId, named.name))
  const mode = modeOf(request.mode) ?? before?.mode ?? 'report'
  const trial = await tryFor(db, { named, mode, compiled, anyway: request.althoughItRejects })
  const next = { ...named, json, mode, viewName: before?.view_name ?? viewNameOf(named.name), before }
  const kept = await stored(keep(db, next, before))
  if (kept === 'changed') return undefined
  if (kept !== 'kept') throw new RequestError('SCHEMA_CONFLICT', standsInTheWay(kept, next.viewName))
  return { schema: await told(keeping, named), ...(trial ? { trial } : {}) }
}

/** Putting what is there already makes no version. */
async function keep(db: Database, next: NewVersion, before: SchemaRow | undefined): Promise<Keeping> {
  if (!before || !isDeepStrictEqual(before.json_schema, next.json)) return keepVersion(db, next)
  return (await keepMode(db, next, { mode: next.mode, before })) ? 'kept' : 'changed'
}

async function setSchemaMode(keeping: SchemaKeeping, request: SetSchemaModeRequest, caller: Caller) {
  const { db } = keeping
  const named = nameOf(request.name, caller)
  const mode = modeOf(request.mode)
  if (!mode) throw invalid('mode', 'is required')
  const before = await keptOf(db, named)
  const trial =
    mode === 'enforce'
      ? await tryFor(db, {
          named,
          mode,
          compiled: compileNewSchema(before.json_schema).compiled,
          anyway: request.althoughItRejects,
        })
      : undefined
  if (!(await stored(keepMode(db, named, { mode, before })))) return undefined
  return { schema: await told(keeping, named), ...(trial ? { trial } : {}) }
}

async function trySchema(db: Database, request: TrySchemaRequest, caller: Caller) {
  const named = nameOf(request.name, caller)
  const json = request.jsonSchema ?? (await keptOf(db, named)).json_schema
  return { trial: await tryOnStored(db, named, compileNewSchema(json).compiled) }
}

interface Enforcing {
  readonly named: Named
  readonly mode: Mode
  readonly compiled: CompiledSchema
  /** Whatever it would have rejected. */
  readonly anyway: boolean
}

/**
 * What the schema would have done. @throws SCHEMA_WOULD_REJECT if it is to be enforced, would have rejected something, and
 * nobody said that it may. Where that is not asked, a trial that takes too long is left out.
 */
async function tryFor(db: Database, { named, mode, compiled, anyway }: Enforcing): Promise<Trial | undefined> {
  const must = mode === 'enforce' && !anyway
  const trial = await tryOnStored(db, named, compiled).catch((error: unknown) => {
    if (!must && error instanceof RequestError && error.code === 'QUERY_TOO_SLOW') return undefined
    throw error
  })
  if (!must || !trial?.rejected) return trial
  const { events = 0, rejected, broken = [] } = trial
  const rules = broken.slice(0, 3).map((one) => `${one.field} ${one.message} (${one.events})`)
  throw new RequestError('SCHEMA_WOULD_REJECT', `${rejected} of ${events} events break it: ${rules.join('; ')}`)
}

/** @throws PARAMETER_INVALID */
function nameOf(name: string, { companyId }: Caller): Named {
  const bytes = Buffer.byteLength(name)
  if (bytes < 1 || bytes > limits.nameBytes || name.includes('\0') || !name.isWellFormed()) {
    throw invalid('name', `has 1 to ${limits.nameBytes} bytes and no NUL`)
  }
  return { companyId, name }
}

/** The name of the view: "events_" and what of the name an SQL identifier may be, or a hash where that is nothing. */
export function viewNameOf(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9_]+/g, '_')
  const plain = words.replace(/^_+|_+$/g, '') || createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `events_${plain.slice(0, 43)}`
}

function standsInTheWay(what: Exclude<Keeping, 'kept' | 'changed'>, view: string): string {
  if (what === 'too many') return 'The company has 200 schemas, and no more can be kept'
  if (what === 'view in use')
    return `Something was built on the view ${view}, which is made anew for a version: drop it first`
  return `Its view would be ${view}, as that of another schema of the company is: choose a name that differs in more than case and punctuation`
}

async function keptOf(db: Database, { companyId, name }: Named): Promise<SchemaRow> {
  const [row] = await stored(readKept(db, companyId, name))
  if (!row) throw new RequestError('SCHEMA_UNKNOWN', `"${quote(name)}"`)
  return row
}

async function told({ db, changed }: SchemaKeeping, named: Named): Promise<Told> {
  changed(named.companyId)
  return tell(await keptOf(db, named), named.companyId)
}

function tell(row: SchemaRow, companyId: number): Told {
  return {
    name: row.name,
    version: row.version,
    mode: modes[row.mode],
    jsonSchema: row.json_schema,
    createdAt: timestampFromDate(row.created_at),
    view: `company_${companyId}.${row.view_name}`,
    reported: [...row.reported],
  }
}

const modes: Readonly<Record<Mode, SchemaMode>> = {
  off: SchemaMode.OFF,
  report: SchemaMode.REPORT,
  enforce: SchemaMode.ENFORCE,
}

/** Undefined: not said. @throws PARAMETER_INVALID for a mode of a later contract */
function modeOf(asked: SchemaMode): Mode | undefined {
  if (asked === SchemaMode.UNSPECIFIED) return undefined
  const found = Object.entries(modes).find(([, mode]) => mode === asked)
  if (!found) throw invalid('mode', `${asked} is none of off, report and enforce`)
  return found[0] as Mode
}

async function again<T>(change: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const done = await change()
    if (done !== undefined) return done
  }
  throw new RequestError('SCHEMA_CONFLICT', 'It was changed by others at the same time, more than once: try again')
}
