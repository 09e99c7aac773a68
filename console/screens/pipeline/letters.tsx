import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { type DeadLetterGroup, PipelineService } from '../../../proto/gen/userflow/v1/pipeline_pb.ts'
import { Behind } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatCount, formatMoment } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/pipeline.ts'
import { GroupDialog } from './group-dialog.tsx'

const mostGroups = 100

/** A group in the address. */
const keyOf = ({ reason, field }: DeadLetterGroup): string => `${reason}:${field}`

/** Dead letters by cause; a cause opens what can be done about it. */
export function Letters() {
  const { search, change } = useAddress()
  const { zone } = useLooking()
  const request = { limit: mostGroups }
  const { data, error, refetch } = useQuery(PipelineService.method.listDeadLetterGroups, request)
  const call = callOf(PipelineService.method.listDeadLetterGroups, request)
  const open = data?.groups.find((group) => keyOf(group) === textOf(search, 'cause'))
  return (
    <Panel
      title={words.groups}
      actions={<Behind source={{ id: 'letters', title: words.groups, call, meta: data?.meta, zone }} />}
    >
      <div className="min-h-40 pb-2">
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && (
          <div className="px-4">
            <SkeletonRows rows={4} height={36} />
          </div>
        )}
        {data?.groups.length === 0 && <Empty title={words.noLetters}>{words.noLettersNote}</Empty>}
        {data && data.groups.length > 0 && (
          <Table
            label={words.groups}
            columns={columnsFor(zone)}
            rows={data.groups}
            keyOf={keyOf}
            onOpen={(group) => change({ cause: keyOf(group) })}
          />
        )}
      </div>
      {open && <GroupDialog group={open} zone={zone} onClose={() => change({ cause: undefined }, { replace: true })} />}
    </Panel>
  )
}

function columnsFor(zone: string): readonly Column<DeadLetterGroup>[] {
  const { columns } = words
  return [
    { key: 'reason', name: columns.reason, by: ({ reason }) => reason, show: ({ reason }) => reason },
    { key: 'field', name: columns.field, show: ({ field }) => <bdi>{field || '–'}</bdi> },
    { key: 'message', name: columns.message, grow: true, show: ({ message }) => <bdi title={message}>{message}</bdi> },
    {
      key: 'waiting',
      name: columns.waiting,
      align: 'right',
      by: ({ letters }) => letters,
      show: ({ letters }) => formatCount(letters),
    },
    {
      key: 'replayed',
      name: columns.replayed,
      align: 'right',
      by: ({ replayed }) => replayed,
      show: ({ replayed }) => formatCount(replayed),
    },
    {
      key: 'last',
      name: columns.last,
      align: 'right',
      by: ({ lastSeen }) => (lastSeen ? timestampMs(lastSeen) : 0),
      show: ({ lastSeen }) => lastSeen && formatMoment(timestampMs(lastSeen), zone),
    },
  ]
}
