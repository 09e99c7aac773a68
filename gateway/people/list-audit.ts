import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { ListAuditRequest, ListAuditResponseSchema } from '../../proto/gen/userflow/v1/people_pb.ts'
import { checkLimit } from '../analytics/parameters.ts'
import { invalid } from '../errors.ts'
import type { PeopleCaller } from './caller.ts'
import { checkUuid } from './check-person.ts'
import { companyOf, type PeopleKeeping } from './keeping.ts'

interface AuditRow extends Record<string, unknown> {
  audit_id: string
  at: Date
  who: string
  person_id: string | null
  key_id: string | null
  rpc: string
  target: string
  outcome: string
  address: string
}

const usualEntries = 100

/** Entries of the company's log, newest first. @throws RequestError PARAMETER_INVALID */
export async function listAudit(
  { db }: PeopleKeeping,
  request: ListAuditRequest,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof ListAuditResponseSchema>> {
  const limit = checkLimit(request.limit, usualEntries)
  if (request.beforeAuditId < 0n) throw invalid('before_audit_id', 'must not be negative')
  const personId = request.personId === '' ? null : checkUuid('person_id', request.personId)
  const rows = await db.query<AuditRow>(
    `select audit_id, at, who, person_id, key_id, rpc, target, outcome, address
       from audit_log
      where company_id = $1 and ($2::bigint = 0 or audit_id < $2) and ($3::uuid is null or person_id = $3)
      order by audit_id desc limit $4`,
    [companyOf(caller), String(request.beforeAuditId), personId, limit + 1],
  )
  const shown = rows.slice(0, limit)
  return {
    entries: shown.map((row) => ({
      auditId: BigInt(row.audit_id),
      at: timestampFromDate(row.at),
      who: row.who,
      personId: row.person_id ?? '',
      keyId: row.key_id ?? '',
      rpc: row.rpc,
      target: row.target,
      outcome: row.outcome,
      address: row.address,
    })),
    nextBeforeAuditId: rows.length > limit ? BigInt(shown.at(-1)!.audit_id) : 0n,
  }
}
