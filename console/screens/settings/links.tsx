import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useMutation, useQuery } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { LinkService, type SharedLink } from '../../../proto/gen/userflow/v1/links_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { formatMoment } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useSites } from '../../view/sites.ts'
import { useLooking } from '../../view/use-view.ts'
import { words as all } from '../../words/links.ts'
import { names } from '../../words/screens.ts'

const words = all.list

/** The name of a screen by its address: that of /heat-map is `heatMap`. */
const nameOf = (path: string): string => {
  const key = path.slice(1).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(names, key) ? names[key as keyof typeof names] : path
}

/** The links in force, and how to end one. */
export function Links() {
  const { zone } = useLooking()
  const [ending, setEnding] = useState<SharedLink>()
  const { data, error, refetch } = useQuery(LinkService.method.listLinks, {})
  const columns = useColumns(zone, setEnding)
  return (
    <Panel title={words.title}>
      <p className="px-4 pb-3 text-[13px] text-muted">{words.note}</p>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <div className="p-4">
          <SkeletonRows rows={2} height={36} />
        </div>
      )}
      {data?.links.length === 0 && <Empty title={words.none}>{words.noneNote}</Empty>}
      {data && data.links.length > 0 && (
        <Table label={words.title} columns={columns} rows={data.links} keyOf={({ linkId }) => linkId} />
      )}
      {ending && <EndLink link={ending} onClose={() => setEnding(undefined)} />}
    </Panel>
  )
}

function useColumns(zone: string, onEnd: (link: SharedLink) => void): readonly Column<SharedLink>[] {
  const sites = useSites()
  const moment = (time: SharedLink['expiresAt']) => time && formatMoment(timestampMs(time), zone)
  const locksOf = ({ siteId, filters, segmentId }: SharedLink): string =>
    [
      siteId !== 0 && words.site(sites.find((site) => site.siteId === siteId)?.name ?? `#${siteId}`),
      filters.length > 0 && words.filters(filters.length),
      segmentId !== '' && words.cohort,
    ]
      .filter(Boolean)
      .join(', ')
  return [
    { key: 'name', name: words.name, grow: true, by: ({ name }) => name, show: ({ name }) => <bdi>{name}</bdi> },
    {
      key: 'screen',
      name: words.screen,
      show: (link) => nameOf(link.path),
    },
    { key: 'locks', name: words.locks, show: (link) => <bdi>{locksOf(link) || words.everything}</bdi> },
    { key: 'by', name: words.by, show: ({ createdBy }) => <bdi>{createdBy}</bdi> },
    { key: 'ends', name: words.ends, show: ({ expiresAt }) => moment(expiresAt) },
    { key: 'used', name: words.used, show: ({ lastUsedAt }) => moment(lastUsedAt) ?? words.never },
    {
      key: 'act',
      name: words.act,
      align: 'right',
      show: (link) => (
        <Button kind="quiet" aria-label={words.endOf(link.name)} onClick={() => onEnd(link)}>
          {words.end}
        </Button>
      ),
    },
  ]
}

function EndLink({ link: { linkId, name }, onClose }: { link: SharedLink; onClose: () => void }) {
  const client = useQueryClient()
  const end = useMutation(LinkService.method.revokeLink, {
    onSuccess: async () => {
      await client.invalidateQueries()
      onClose()
    },
  })
  return (
    <Dialog title={words.sure} onClose={onClose}>
      <p className="mb-4 break-words">{words.sureNote(name)}</p>
      {end.error && <Problem error={end.error} />}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button kind="danger" disabled={end.isPending} onClick={() => end.mutate({ linkId })}>
          {words.end}
        </Button>
      </div>
    </Dialog>
  )
}
