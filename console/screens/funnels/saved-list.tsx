import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { SavedFunnel } from '../../../proto/gen/userflow/v1/saved_funnels_pb.ts'
import { formatMoment } from '../../parts/formats.ts'
import { type Listed, ListPanel } from '../../parts/list-panel.tsx'
import type { Column } from '../../parts/table.tsx'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/funnels.ts'
import { stepWords, wayOf } from './way.ts'

/** The saved funnels; a click opens one. */
export function SavedList({ list }: { list: Listed<SavedFunnel> }) {
  const { change } = useAddress()
  const { zone } = useLooking()
  const { title, none, noneNote } = words.saved
  return (
    <ListPanel
      label={title}
      title={title}
      list={list}
      none={{ title: none, note: noneNote }}
      columns={columnsFor(zone)}
      keyOf={({ funnelId }) => funnelId}
      onOpen={({ funnelId }) => change({ saved: funnelId, step: undefined })}
    />
  )
}

function saysOf({ funnel }: SavedFunnel): string {
  if (!funnel) return words.saved.later
  return wayOf(funnel)?.steps.map(stepWords).join(' → ') ?? words.saved.beyond
}

function columnsFor(zone: string): readonly Column<SavedFunnel>[] {
  const { columns } = words.saved
  return [
    { key: 'name', name: columns.name, by: ({ name }) => name, show: ({ name }) => <bdi>{name}</bdi> },
    { key: 'steps', name: columns.steps, grow: true, show: (row) => <bdi title={saysOf(row)}>{saysOf(row)}</bdi> },
    { key: 'by', name: columns.by, by: ({ changedBy }) => changedBy, show: ({ changedBy }) => <bdi>{changedBy}</bdi> },
    {
      key: 'changed',
      name: columns.changed,
      align: 'right',
      by: ({ changedAt }) => (changedAt ? timestampMs(changedAt) : 0),
      show: ({ changedAt }) => changedAt && formatMoment(timestampMs(changedAt), zone),
    },
  ]
}
