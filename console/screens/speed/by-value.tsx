import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import type { PageSpeedBreakdownRow, PageSpeedRow } from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { useFilterByValue } from '../../breakdown/filter-by-value.ts'
import { Behind } from '../../parts/behind.tsx'
import { Choices } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatCount, formatShare } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { dimensionName } from '../../view/filters.ts'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { dimensionWords, valueWords } from '../../words/dimensions.ts'
import { words as shared } from '../../words/parts.ts'
import { words } from '../../words/speed.ts'
import { formatSpeed, RatingMark } from './rating.tsx'

const dimensions = [Dimension.PAGE, Dimension.DEVICE, Dimension.COUNTRY, Dimension.BROWSER] as const

/** For which pages, devices or countries the chosen measure is good or poor; a click filters everything by the value. */
export function SpeedByValue({ of }: { of: PageSpeedRow }) {
  const { search, change } = useAddress()
  const { question, zone } = useLooking()
  const dimension = dimensions.find((one) => dimensionName(one) === textOf(search, 'of')) ?? Dimension.PAGE
  const request = { question, measure: of.measure, dimension, limit: 100 }
  const method = AnalyticsService.method.pageSpeedBreakdown
  const { data, error, refetch, isPlaceholderData } = useQuery(method, request, { placeholderData: keepPreviousData })
  const title = words.values(words.measures[of.measure]?.[0] ?? '')
  const source = { id: 'speed-values', title, call: callOf(method, request), meta: data?.meta, zone }
  return (
    <Panel
      title={title}
      actions={
        <>
          <Choices
            label={words.by}
            options={dimensions.map((one) => ({ value: dimensionName(one), name: dimensionWords(one) }))}
            chosen={dimensionName(dimension)}
            onChoose={(name) => change({ of: name === dimensionName(Dimension.PAGE) ? undefined : name })}
          />
          <Behind source={source} />
        </>
      }
    >
      <div className={`min-h-64 pt-2 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <SkeletonRows rows={7} height={36} />}
        {data?.rows.length === 0 && <Empty title={words.empty}>{words.emptyNote}</Empty>}
        {data && data.rows.length > 0 && <Values rows={data.rows} of={of} dimension={dimension} />}
      </div>
    </Panel>
  )
}

function Values({
  rows,
  of,
  dimension,
}: {
  rows: readonly PageSpeedBreakdownRow[]
  of: PageSpeedRow
  dimension: Dimension
}) {
  const { toggle } = useFilterByValue(dimension)
  const percentile = (key: 'p50' | 'p75' | 'p95'): Column<PageSpeedBreakdownRow> => ({
    key,
    name: words[key],
    align: 'right',
    by: ({ figures }) => figures?.[key] ?? -1,
    show: ({ figures }) => (figures?.[key] === undefined ? '–' : formatSpeed(of.measure, figures[key])),
  })
  const columns: Column<PageSpeedBreakdownRow>[] = [
    {
      key: 'value',
      name: dimensionWords(dimension),
      grow: true,
      by: ({ value }) => value,
      show: ({ value }) => <bdi>{valueWords(dimension, value) || shared.none}</bdi>,
    },
    {
      key: 'rating',
      name: words.rating,
      show: ({ figures }) => <RatingMark value={figures?.p75} of={of} />,
    },
    percentile('p75'),
    percentile('p50'),
    percentile('p95'),
    {
      key: 'good',
      name: words.good,
      align: 'right',
      by: ({ figures }) => figures?.good ?? -1,
      show: ({ figures }) => (figures?.good === undefined ? '–' : formatShare(figures.good)),
    },
    {
      key: 'samples',
      name: words.samples,
      align: 'right',
      by: ({ figures }) => figures?.samples ?? 0,
      show: ({ figures }) => formatCount(figures?.samples ?? 0),
    },
  ]
  return (
    <Table
      label={dimensionWords(dimension)}
      columns={columns}
      rows={rows}
      keyOf={({ value }) => value}
      onOpen={({ value }) => toggle(value)}
    />
  )
}
