import type { DescMethod, Message, MessageInitShape } from '@bufbuild/protobuf'
import type { Database } from '../../sql/database.ts'
import { toRequestError } from '../errors.ts'
import type { Who } from '../who.ts'
import { targetOf } from './target.ts'

/** The log of what was changed, by whom. */
export interface Audit {
  /**
   * Does `work` for whoever asks, with a row before and its outcome after: what was changed has a row, whatever becomes of
   * this gateway. @throws what `work` does, or if the row cannot be written, and then nothing was done
   */
  noted<T extends Outcome>(call: AuditedCall, work: () => Promise<T>): Promise<T>
  /** Notes what has happened already. */
  note(entry: Entry, outcome: string): Promise<void>
}

type Outcome = MessageInitShape<DescMethod['output']>

/** A call of an RPC that changes something. */
export interface AuditedCall {
  readonly method: DescMethod
  readonly request: Message
  readonly caller: { readonly who: Who; readonly network: string }
}

/** A row, but for its outcome. */
export interface Entry {
  readonly companyId: number
  /** Person or key; both absent: an address that somebody only claims to have. */
  readonly personId?: string
  readonly keyId?: string
  /** Address of the person; of a key its first characters are looked up. */
  readonly email?: string
  /** Service and method. */
  readonly rpc: string
  readonly target: string
  readonly network: string
}

/** Writes the table audit_log. */
export function createAudit(db: Pick<Database, 'query'>): Audit {
  const begin = async (entry: Entry, outcome: string): Promise<string> => {
    const { companyId, personId, keyId, email, rpc, target, network } = entry
    const [row] = await db.query<{ audit_id: string }>(beginSql, [
      companyId,
      email ?? '',
      personId ?? null,
      keyId ?? null,
      rpc,
      target,
      outcome,
      network,
    ])
    return String(row?.audit_id)
  }
  return {
    note: async (entry, outcome) => void (await begin(entry, outcome)),
    async noted({ method, request, caller: { who, network } }, work) {
      // A link changes nothing.
      if (who.kind === 'nobody' || who.kind === 'link') return work()
      const rpc = `${method.parent.name}.${method.name}`
      const { companyId } = who
      const whose = who.kind === 'key' ? { keyId: who.keyId } : { personId: who.personId, email: who.email }
      const asked = targetOf(method.input, request)
      const auditId = await begin({ companyId, ...whose, rpc, target: asked.join(', '), network }, 'begun')
      const end = (outcome: string, made: readonly string[] = []): Promise<unknown> =>
        db
          .query(endSql, [companyId, auditId, outcome, [...new Set([...asked, ...made])].join(', ')])
          // It stays "begun", which says that nobody knows.
          .catch(() => undefined)
      try {
        const response = await work()
        await end(
          'done',
          targetOf(method.output, response).filter((one) => /_id /.test(one)),
        )
        return response
      } catch (error) {
        await end(toRequestError(error).code)
        throw error
      }
    },
  }
}

const beginSql = `
  insert into audit_log (company_id, who, person_id, key_id, rpc, target, outcome, address)
  values ($1, coalesce((select prefix from api_key where company_id = $1 and key_id = $4), $2), $3, $4, $5, $6, $7, $8)
  returning audit_id`
const endSql = 'update audit_log set outcome = $3, target = $4 where company_id = $1 and audit_id = $2'
