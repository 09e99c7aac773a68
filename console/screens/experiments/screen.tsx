import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import type { SeenExperiment } from '../../../proto/gen/userflow/v1/experiments_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatCount, formatMoment } from '../../parts/formats.ts'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/experiments.ts'
import { One } from './one.tsx'
import { readTrial } from './trial.ts'

/** As many as the gateway answers with at once. */
const most = 1_000

/** The experiments that events name, and one of them with its variants. */
export function Screen() {
  const { search } = useAddress()
  const trial = readTrial(search)
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      {trial ? <One trial={trial} /> : <List />}
    </>
  )
}

function List() {
  const { change } = useAddress()
  const { question, zone } = useLooking()
  const request = { question, limit: most }
  const { data, error, refetch } = useQuery(AnalyticsService.method.listExperiments, request, {
    placeholderData: keepPreviousData,
  })
  const call = callOf(AnalyticsService.method.listExperiments, request)
  return (
    <Panel
      title={words.title}
      actions={
        <>
          <CompleteTo meta={data?.meta} zone={zone} />
          <Behind source={{ id: 'experiments', title: words.title, call, meta: data?.meta, zone }} />
        </>
      }
    >
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <div className="px-4">
          <SkeletonRows rows={8} height={36} />
        </div>
      )}
      {data?.experiments.length === 0 && <Empty title={words.none}>{words.noneNote}</Empty>}
      {data && data.experiments.length > 0 && (
        <Table
          label={words.title}
          columns={columnsFor(zone)}
          rows={data.experiments}
          keyOf={({ experiment }) => experiment}
          onOpen={({ experiment }) => change({ experiment })}
        />
      )}
    </Panel>
  )
}

const visitorsOf = ({ variants }: SeenExperiment): number => variants.reduce((sum, { visitors }) => sum + visitors, 0)

function columnsFor(zone: string): readonly Column<SeenExperiment>[] {
  const { columns } = words
  const moment = (at: SeenExperiment['firstSeen']) => at && formatMoment(timestampMs(at), zone)
  const variants = (row: SeenExperiment): string => row.variants.map(({ variant }) => variant).join(', ')
  return [
    { key: 'name', name: columns.name, by: (row) => row.experiment, show: (row) => <bdi>{row.experiment}</bdi> },
    {
      key: 'variants',
      name: columns.variants,
      grow: true,
      show: (row) => <bdi title={variants(row)}>{variants(row)}</bdi>,
    },
    {
      key: 'visitors',
      name: columns.visitors,
      align: 'right',
      by: visitorsOf,
      show: (row) => formatCount(visitorsOf(row)),
    },
    { key: 'first', name: columns.first, align: 'right', show: ({ firstSeen }) => moment(firstSeen) },
    { key: 'last', name: columns.last, align: 'right', show: ({ lastSeen }) => moment(lastSeen) },
  ]
}
