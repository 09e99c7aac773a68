import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { useState } from 'react'
import { AdminService, type Site } from '../../../proto/gen/userflow/v1/admin_pb.ts'
import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../../parts/button.tsx'
import { formatMoment } from '../../parts/formats.ts'
import { ListPanel } from '../../parts/list-panel.tsx'
import { ScreenHead } from '../../parts/panel.tsx'
import type { Column } from '../../parts/table.tsx'
import { useMay } from '../../session/session-context.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { siteKindWords, words } from '../../words/sites.ts'
import { CreateSite } from './create-site.tsx'
import { DemoData } from './demo.tsx'
import { SiteDialog } from './site-dialog.tsx'

/** The sites, and of each what connects it, its keys and its settings. */
export function Screen() {
  const { search, change } = useAddress()
  const { zone } = useLooking()
  const may = useMay(Role.ADMIN)
  const [making, setMaking] = useState(false)
  const { data, error, refetch } = useQuery(AdminService.method.listSites, {})
  const open = data?.sites.find(({ siteId }) => String(siteId) === textOf(search, 'open'))
  const show = ({ siteId }: Site): void => change({ open: String(siteId), tab: undefined })
  return (
    <>
      <ScreenHead
        title={words.title}
        note={words.note}
        actions={
          may && (
            <Button kind="strong" icon="plus" onClick={() => setMaking(true)}>
              {words.create}
            </Button>
          )
        }
      />
      <ListPanel
        label={words.title}
        list={{ rows: data?.sites, error, refetch }}
        none={{ title: words.none, note: words.noneNote }}
        columns={columnsFor(zone)}
        keyOf={({ siteId }) => String(siteId)}
        onOpen={show}
      />
      {may && (data || error) && (
        <div className="mt-4">
          <DemoData untilThere />
        </div>
      )}
      {making && (
        <CreateSite
          onClose={() => setMaking(false)}
          onMade={(site) => {
            setMaking(false)
            show(site)
          }}
        />
      )}
      {open && (
        <SiteDialog
          key={open.siteId}
          site={open}
          onClose={() => change({ open: undefined, tab: undefined, way: undefined })}
        />
      )}
    </>
  )
}

function columnsFor(zone: string): readonly Column<Site>[] {
  const { columns } = words
  return [
    { key: 'name', name: columns.name, by: ({ name }) => name, show: ({ name }) => <bdi>{name}</bdi> },
    { key: 'kind', name: columns.kind, by: ({ kind }) => kind, show: ({ kind }) => siteKindWords(kind) },
    { key: 'zone', name: columns.zone, show: ({ timeZone }) => timeZone },
    {
      key: 'origins',
      name: columns.origins,
      grow: true,
      show: ({ allowedOrigins }) => (
        <bdi>{allowedOrigins.length === 0 ? words.anyOrigin : allowedOrigins.join(', ')}</bdi>
      ),
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
