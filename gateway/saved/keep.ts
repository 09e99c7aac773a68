import { type DescMessage, type MessageShape, toJson } from '@bufbuild/protobuf'
import type { Database } from '../../sql/database.ts'
import { storable } from '../analytics/parameters.ts'
import { invalid } from '../errors.ts'
import type { Who } from '../who.ts'

/** Who asks to read or change what is saved. */
export interface SavingCaller {
  readonly companyId: number
  readonly who: Who
}

/** SQLSTATE of a broken unique constraint. */
const uniqueViolation = '23505'

/**
 * Runs an insert that minds a limit of the company, which is its first value. The company's row is locked, so that the limit
 * holds for two at the same time too. Returns the rows of its `returning`: none where the limit is reached.
 */
export const insertWithin = <Row extends Record<string, unknown>>(
  db: Database,
  sql: string,
  values: readonly [companyId: number, ...rest: unknown[]],
): Promise<Row[]> =>
  db.transaction('begin', async (client) => {
    await client.query('select from company where company_id = $1::int for no key update', [values[0]])
    const { rows } = await client.query<Row>(sql, [...values])
    return rows
  })

/** Turns the failure of a name that is taken into PARAMETER_INVALID, and throws any other as it is. */
export const toNameTaken =
  (what: string) =>
  (error: unknown): never => {
    if (error instanceof Error && 'code' in error && error.code === uniqueViolation) {
      throw invalid('name', `is that of another ${what} of the company: choose another`)
    }
    throw error
  }

/** A definition as a jsonb parameter: the contract's JSON form, its texts as Postgres can hold them. */
export const definitionOf = <Desc extends DescMessage>(desc: Desc, said: MessageShape<Desc>): string =>
  JSON.stringify(toJson(desc, said), (_, value: unknown) => (typeof value === 'string' ? storable(value) : value))

/** Whoever asks, as SQL reads it: address of the person, or of a key its first characters. `at` is the first of two parameters. */
export const nameOfWho = (at: number): string =>
  `coalesce((select prefix from api_key where company_id = $1::int and key_id = $${at}::uuid), $${at + 1}::text)`

/** The two parameters of `nameOfWho`. */
export const valuesOfWho = (who: Who): readonly [keyId: string | null, email: string] =>
  who.kind === 'key' ? [who.keyId, ''] : [null, who.kind === 'person' ? who.email : '']

/** Whether to tell who wrote what: to members and keys of the company, and to nobody else. */
export const knowsMembers = (who: Who): boolean => who.kind === 'key' || who.kind === 'person'
