import type { JsonObject } from '@bufbuild/protobuf'
import type { Database } from '../../sql/database.ts'
import type { Named } from './trial.ts'

/** The three modes as they are kept. */
export type Mode = 'off' | 'report' | 'enforce'

/** The newest version of a schema with what is told of it. */
export interface SchemaRow extends Record<string, unknown> {
  readonly name: string
  readonly version: number
  readonly mode: Mode
  readonly json_schema: JsonObject
  readonly created_at: Date
  readonly view_name: string
  /** Rules broken in report mode in the last 7 days, most often first. */
  readonly reported: readonly { field: string; rule: string; events: number; message: string }[]
}

/** A company's schemas by name; with a name only that one. */
export const readKept = (
  db: Pick<Database, 'query'>,
  companyId: number,
  name: string | null = null,
): Promise<SchemaRow[]> =>
  db.query<SchemaRow>(
    `select m.name, s.version, m.mode, s.json_schema, s.created_at, m.view_name, coalesce(r.reported, '[]') as reported
       from event_schema_mode m
       cross join lateral (
         select * from event_schema s
          where s.company_id = m.company_id and s.name = m.name order by version desc limit 1
       ) s
       left join lateral (
         select jsonb_agg(jsonb_build_object('field', field, 'rule', rule, 'events', events, 'message', message)
                          order by events desc, field, rule) as reported
           from (
             select field, rule, sum(events) as events, (array_agg(last_message order by hour desc))[1] as message
               from event_schema_report r
              where r.company_id = m.company_id and r.name = m.name and r.version = s.version
                and hour > now() - interval '7 days'
              group by field, rule order by sum(events) desc limit 50
           ) broken
       ) r on true
      where m.company_id = $1 and ($2::text is null or m.name = $2)
      order by m.name`,
    [companyId, name],
  )

/** A version to be kept as the newest, and what stood there when it was decided on: absent for a first version. */
export interface NewVersion extends Named {
  readonly json: JsonObject
  readonly mode: Mode
  readonly viewName: string
  readonly before: Pick<SchemaRow, 'version' | 'mode'> | undefined
}

/** What keeping came to: `changed` if somebody else was faster, else what stands in the way. */
export type Keeping = 'kept' | 'changed' | 'too many' | 'view name taken' | 'view in use'

/** Any number; with the company's id it lets one change of its schemas happen at a time. */
const changingSchemas = 7_305_120
const mostSchemas = 200

/** Keeps a version with its mode and makes its view, all in one transaction or nothing. */
export async function keepVersion(db: Database, next: NewVersion): Promise<Keeping> {
  const { companyId, name, json, mode, viewName, before } = next
  try {
    return await db.transaction('begin', async (client) => {
      await client.query('select pg_advisory_xact_lock($1, $2)', [changingSchemas, companyId])
      const { rows } = await client.query<{ version: number; mode: Mode; schemas: number }>(
        `select (select count(*)::int from event_schema_mode where company_id = $1) as schemas, m.mode, max(s.version) as version
           from (values (1)) one
           left join event_schema_mode m on m.company_id = $1 and m.name = $2
           left join event_schema s on s.company_id = m.company_id and s.name = m.name
          group by m.mode`,
        [companyId, name],
      )
      const now = rows[0]!
      if ((now.version ?? 0) !== (before?.version ?? 0) || (now.mode ?? '') !== (before?.mode ?? '')) return 'changed'
      if (!before && now.schemas >= mostSchemas) return 'too many'
      await client.query('insert into event_schema (company_id, name, version, json_schema) values ($1, $2, $3, $4)', [
        companyId,
        name,
        (before?.version ?? 0) + 1,
        JSON.stringify(json),
      ])
      await client.query(
        `insert into event_schema_mode (company_id, name, mode, view_name) values ($1, $2, $3, $4)
         on conflict (company_id, name) do update set mode = excluded.mode, changed_at = now()`,
        [companyId, name, mode, viewName],
      )
      await client.query('select make_event_view($1, $2)', [companyId, name])
      return 'kept'
    })
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string }
    if (code === '23505' && constraint?.includes('view_name')) return 'view name taken'
    if (code === '2BP01') return 'view in use'
    throw error
  }
}

/** Sets the mode of a schema unless its version or mode changed meanwhile. Returns whether it did set it. */
export async function keepMode(
  db: Pick<Database, 'query'>,
  { companyId, name }: Named,
  change: { readonly mode: Mode; readonly before: Pick<SchemaRow, 'version' | 'mode'> },
): Promise<boolean> {
  const { mode, before } = change
  const set = await db.query(
    `update event_schema_mode m set mode = $3, changed_at = now()
      where company_id = $1 and name = $2 and mode = $4
        and $5 = (select max(version) from event_schema s where s.company_id = m.company_id and s.name = m.name)
     returning 1`,
    [companyId, name, mode, before.mode, before.version],
  )
  return set.length > 0
}
