import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { People } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { type SavedSegment, SegmentService } from '../../../proto/gen/userflow/v1/segments_pb.ts'
import { Button } from '../../parts/button.tsx'
import { formatMoment } from '../../parts/formats.ts'
import { ListPanel } from '../../parts/list-panel.tsx'
import { ScreenHead } from '../../parts/panel.tsx'
import type { Column } from '../../parts/table.tsx'
import { useMay } from '../../session/session-context.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/cohorts.ts'
import { CohortDialog } from './cohort-dialog.tsx'
import { CohortForm } from './cohort-form.tsx'
import { ruleWords } from './rules.ts'

/** What stands in the address while one is made; saved ones have a UUID. */
const fresh = 'new'

/** The saved sets of people. */
export function Screen() {
  const { search, change } = useAddress()
  const { zone } = useLooking()
  const may = useMay(Role.EDITOR)
  const { data, error, refetch } = useQuery(SegmentService.method.listSegments, {})
  const id = textOf(search, 'cohort')
  const open = data?.segments.find(({ segmentId }) => segmentId === id)
  const close = (): void => change({ cohort: undefined, editing: undefined })
  const editing = may && (id === fresh || (open !== undefined && textOf(search, 'editing') === 'yes'))
  return (
    <>
      <ScreenHead
        title={words.title}
        note={words.note}
        actions={
          may && (
            <Button kind="strong" icon="plus" onClick={() => change({ cohort: fresh })}>
              {words.create}
            </Button>
          )
        }
      />
      <ListPanel
        label={words.title}
        list={{ rows: data?.segments, error, refetch }}
        none={{ title: words.none, note: words.noneNote }}
        columns={columnsFor(zone)}
        keyOf={({ segmentId }) => segmentId}
        onOpen={({ segmentId }) => change({ cohort: segmentId })}
      />
      {editing && (
        <CohortForm
          key={id}
          saved={open}
          onClose={close}
          onSaved={(segmentId) => change({ cohort: segmentId, editing: undefined })}
        />
      )}
      {open && !editing && <CohortDialog key={id} saved={open} may={may} onClose={close} />}
    </>
  )
}

function columnsFor(zone: string): readonly Column<SavedSegment>[] {
  const { columns } = words
  const says = ({ segment }: SavedSegment): string => (segment?.rules ?? []).map(ruleWords).join('; ')
  return [
    { key: 'name', name: columns.name, by: ({ name }) => name, show: ({ name }) => <bdi>{name}</bdi> },
    {
      key: 'people',
      name: columns.people,
      show: ({ segment }) => (segment?.people === People.USERS ? words.people.users : words.people.visitors),
    },
    { key: 'says', name: columns.says, grow: true, show: (row) => <bdi title={says(row)}>{says(row)}</bdi> },
    {
      key: 'changed',
      name: columns.changed,
      align: 'right',
      by: ({ changedAt }) => (changedAt ? timestampMs(changedAt) : 0),
      show: ({ changedAt }) => changedAt && formatMoment(timestampMs(changedAt), zone),
    },
  ]
}
