import type pg from 'pg'
import { inForce } from './key-row.ts'

/** A company and one of its keys. */
export interface KeyPlace {
  readonly companyId: number
  readonly keyId: string
}

/**
 * Lets one transaction after the other change what ends of a company's keys: two that each end one of the last two admin
 * keys would otherwise both see the other one. Keys and sites can still be made meanwhile.
 */
export async function lockKeys(client: pg.ClientBase, { companyId }: KeyPlace): Promise<void> {
  await client.query('select from company where company_id = $1 for no key update', [companyId])
}

/**
 * Whether without this key nobody could manage the company: it has the scope admin and is in force, and so is no other that
 * was not rotated away. Asked under `lockKeys`.
 */
export async function isLastAdminKey(client: pg.ClientBase, { companyId, keyId }: KeyPlace): Promise<boolean> {
  const { rows } = await client.query<{ last: boolean }>(
    `select bool_or(key_id = $2) and not bool_or(key_id <> $2 and replaced_by is null) as last
       from api_key where company_id = $1 and 'admin' = any(scopes) and ${inForce}`,
    [companyId, keyId],
  )
  return rows[0]?.last === true
}
