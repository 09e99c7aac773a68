import { timestampDate, timestampMs } from '@bufbuild/protobuf/wkt'
import { useInfiniteQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { type AuditEntry, type Member, PeopleService } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../../parts/button.tsx'
import { formatExactly } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/team.ts'

const pageEntries = 50

/** The audit log, newest first, of everybody or of one member. */
export function Audit({ members }: { members: readonly Member[] }) {
  const { zone } = useLooking()
  const { search } = useAddress()
  const personId = textOf(search, 'who') ?? ''
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    PeopleService.method.listAudit,
    { limit: pageEntries, personId, beforeAuditId: 0n },
    {
      pageParamKey: 'beforeAuditId',
      getNextPageParam: ({ nextBeforeAuditId }) => nextBeforeAuditId || undefined,
      placeholderData: keepPreviousData,
    },
  )
  const entries = data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <Panel title={words.audit.title} actions={<Whose members={members} personId={personId} />}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <div className="p-4">
          <SkeletonRows rows={6} height={36} />
        </div>
      )}
      {data && entries.length === 0 && <Empty title={words.audit.none}>{words.audit.noneNote}</Empty>}
      {entries.length > 0 && (
        <Table
          label={words.audit.entries}
          columns={columnsFor(zone)}
          rows={entries}
          keyOf={({ auditId }) => String(auditId)}
        />
      )}
      {hasNextPage && (
        <div className="flex justify-center p-3">
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {words.audit.more}
          </Button>
        </div>
      )}
    </Panel>
  )
}

function Whose({ members, personId }: { members: readonly Member[]; personId: string }) {
  const { change } = useAddress()
  return (
    <select
      aria-label={words.audit.whose}
      className="h-8 max-w-48 rounded-md border border-line bg-panel px-2 text-[13px] text-ink"
      value={personId}
      onChange={({ target }) => change({ who: target.value || undefined })}
    >
      <option value="">{words.audit.everybody}</option>
      {members.map(({ person }) => (
        <option key={person?.personId} value={person?.personId}>
          {person?.email}
        </option>
      ))}
    </select>
  )
}

function columnsFor(zone: string): readonly Column<AuditEntry>[] {
  const { audit } = words
  return [
    {
      key: 'at',
      name: audit.at,
      show: ({ at }) =>
        at && <time dateTime={timestampDate(at).toISOString()}>{formatExactly(timestampMs(at), zone)}</time>,
    },
    { key: 'who', name: audit.who, show: ({ who }) => <bdi>{who || '–'}</bdi> },
    { key: 'rpc', name: audit.rpc, show: ({ rpc }) => <code className="font-mono text-xs">{rpc}</code> },
    { key: 'outcome', name: audit.outcome, show: ({ outcome }) => <Outcome outcome={outcome} /> },
    { key: 'address', name: audit.address, show: ({ address }) => address || '–' },
    {
      key: 'target',
      name: audit.target,
      show: ({ target }) => (
        <bdi title={target} className="block max-w-96 truncate">
          {target || '–'}
        </bdi>
      ),
    },
  ]
}

/** What became of it; a refusal is told by its code, and by colour besides. */
function Outcome({ outcome }: { outcome: string }) {
  return outcome === 'done' ? outcome : <code className="font-mono text-xs text-down">{outcome}</code>
}
