import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { type EventSchema, SchemaService } from '../../../proto/gen/userflow/v1/schemas_pb.ts'
import { Button } from '../../parts/button.tsx'
import { formatCount, formatMoment } from '../../parts/formats.ts'
import { ListPanel } from '../../parts/list-panel.tsx'
import { ScreenHead } from '../../parts/panel.tsx'
import type { Column } from '../../parts/table.tsx'
import { useMay } from '../../session/session-context.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { modeWords, words } from '../../words/contracts.ts'
import { ContractDialog } from './contract-dialog.tsx'

/** What stands in the address for one that is to be made; no event has an empty name. */
const fresh = ''

/** The contracts of the company's own events. */
export function Screen() {
  const { search, change } = useAddress()
  const { zone } = useLooking()
  const may = useMay(Role.EDITOR)
  const { data, error, refetch } = useQuery(SchemaService.method.listSchemas, {})
  const name = textOf(search, 'contract')
  const open = data?.schemas.find((schema) => schema.name === name)
  return (
    <>
      <ScreenHead
        title={words.title}
        note={words.note}
        actions={
          may && (
            <Button kind="strong" icon="plus" onClick={() => change({ contract: fresh })}>
              {words.create}
            </Button>
          )
        }
      />
      <ListPanel
        label={words.title}
        list={{ rows: data?.schemas, error, refetch }}
        none={{ title: words.none, note: words.noneNote }}
        columns={columnsFor(zone)}
        keyOf={({ name: key }) => key}
        onOpen={({ name: chosen }) => change({ contract: chosen })}
      />
      {data && (open ?? (name === fresh && may)) && (
        <ContractDialog key={name} schema={open} onClose={() => change({ contract: undefined })} />
      )}
    </>
  )
}

const brokenOf = ({ reported }: EventSchema): number => reported.reduce((sum, { events }) => sum + events, 0)

function columnsFor(zone: string): readonly Column<EventSchema>[] {
  const { columns } = words
  return [
    { key: 'name', name: columns.name, by: ({ name }) => name, show: ({ name }) => <bdi>{name}</bdi> },
    { key: 'mode', name: columns.mode, by: ({ mode }) => mode, show: ({ mode }) => modeWords(mode) },
    {
      key: 'version',
      name: columns.version,
      align: 'right',
      by: ({ version }) => version,
      show: ({ version }) => version,
    },
    {
      key: 'broken',
      name: columns.broken,
      align: 'right',
      by: brokenOf,
      show: (schema) => formatCount(brokenOf(schema)),
    },
    {
      key: 'view',
      name: columns.view,
      grow: true,
      show: ({ view }) => <code className="font-mono text-xs">{view}</code>,
    },
    {
      key: 'made',
      name: columns.made,
      align: 'right',
      by: ({ createdAt }) => (createdAt ? timestampMs(createdAt) : 0),
      show: ({ createdAt }) => createdAt && formatMoment(timestampMs(createdAt), zone),
    },
  ]
}
