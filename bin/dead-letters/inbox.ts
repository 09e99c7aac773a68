import { create } from '@bufbuild/protobuf'
import { callMethod } from '../../clients/node/call.ts'
import type { Reading } from '../../gateway/analytics/answer.ts'
import { listDeadLetterGroups } from '../../gateway/pipeline/dead-letter-groups.ts'
import { listDeadLetters } from '../../gateway/pipeline/dead-letters.ts'
import {
  type ListDeadLetterGroupsRequest,
  ListDeadLetterGroupsRequestSchema,
  type ListDeadLetterGroupsResponse,
  ListDeadLetterGroupsResponseSchema,
  type ListDeadLettersRequest,
  ListDeadLettersRequestSchema,
  type ListDeadLettersResponse,
  ListDeadLettersResponseSchema,
  PipelineService,
} from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import type { Database } from '../../sql/database.ts'

/** Where dead letters are read. */
export interface Inbox {
  groups(ask: Pick<ListDeadLetterGroupsRequest, 'limit' | 'includeReplayed'>): Promise<ListDeadLetterGroupsResponse>
  letters(ask: Pick<ListDeadLettersRequest, 'limit' | 'reason' | 'includeReplayed'>): Promise<ListDeadLettersResponse>
}

/** The inbox of the key's company, over the wire. */
export function companyInbox(on: { readonly address: string; readonly key: string }): Inbox {
  const { listDeadLetterGroups: groups, listDeadLetters: letters } = PipelineService.method
  return {
    groups: (ask) => callMethod(on, groups, ask),
    letters: (ask) => callMethod(on, letters, ask),
  }
}

/** Records without a readable company are kept under this one, which no key has. */
const nobody = { companyId: 0 }

/** The inbox of what belongs to nobody: the same questions, asked of Postgres by its operator. */
export function unownedInbox(db: Database): Inbox {
  const reading: Reading = {
    db,
    progress: { completeTo: async () => undefined, unread: async () => undefined },
    observe: () => undefined,
  }
  return {
    groups: async (ask) =>
      create(
        ListDeadLetterGroupsResponseSchema,
        await listDeadLetterGroups(reading, create(ListDeadLetterGroupsRequestSchema, ask), nobody),
      ),
    letters: async (ask) =>
      create(
        ListDeadLettersResponseSchema,
        await listDeadLetters(reading, create(ListDeadLettersRequestSchema, ask), nobody),
      ),
  }
}
