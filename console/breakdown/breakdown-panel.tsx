import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import type { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
import { BarList } from '../parts/bar-list.tsx'
import { Behind } from '../parts/behind.tsx'
import { Choices, IconButton } from '../parts/button.tsx'
import { callOf } from '../parts/curl.ts'
import { Panel } from '../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../parts/states.tsx'
import { dimensionName } from '../view/filters.ts'
import { textOf } from '../view/search.ts'
import { useAddress, useLooking } from '../view/use-view.ts'
import { tabWords, words } from '../words/breakdown.ts'
import { dimensionWords, valueWords } from '../words/dimensions.ts'
import { words as shared } from '../words/parts.ts'
import { BreakdownDialog } from './breakdown-dialog.tsx'
import { useFilterByValue } from './filter-by-value.ts'

/** Rows a panel shows; its height is kept for them. */
const rowsShown = 10

/**
 * The greatest values of a dimension as bars. A click filters everything by the value; the corner opens all of them as a table.
 * `id` stands in the address and keeps which tab is chosen and whether the table is open. `later` holds the question back.
 */
export function BreakdownPanel({
  id,
  title,
  dimensions,
  later = false,
}: {
  id: string
  title: string
  dimensions: readonly Dimension[]
  later?: boolean
}) {
  const { search, change } = useAddress()
  const { question, zone } = useLooking()
  const dimension = dimensions.find((one) => dimensionName(one) === textOf(search, id)) ?? dimensions[0]
  const request = { question, dimension: dimension as Dimension, limit: rowsShown }
  const { data, error, refetch, isPlaceholderData } = useQuery(AnalyticsService.method.breakdown, request, {
    placeholderData: keepPreviousData,
    enabled: !later,
  })
  if (dimension === undefined) return undefined
  const source = {
    id: `breakdown-${id}`,
    title,
    call: callOf(AnalyticsService.method.breakdown, request),
    meta: data?.meta,
    zone,
  }
  return (
    <Panel
      title={title}
      actions={
        <>
          {dimensions.length > 1 && (
            <Choices
              label={title}
              options={dimensions.map((one) => ({
                value: dimensionName(one),
                name: tabWords[one] ?? dimensionWords(one),
              }))}
              chosen={dimensionName(dimension)}
              onChoose={(name) =>
                change({ [id]: name === dimensionName(dimensions[0] as Dimension) ? undefined : name })
              }
            />
          )}
          <Behind source={source} />
          <IconButton icon="expand" label={words.expand(title)} onClick={() => change({ all: id })} />
        </>
      }
    >
      <div
        className={`px-2 pt-2 pb-3 transition-opacity ${isPlaceholderData ? 'opacity-60' : ''}`}
        style={{ minHeight: rowsShown * 32 + 44 }}
      >
        <Head dimension={dimension} />
        {error ? (
          <Problem error={error} onRetry={() => void refetch()} />
        ) : data ? (
          <Rows dimension={dimension} data={data} />
        ) : (
          <SkeletonRows rows={rowsShown} />
        )}
      </div>
      {textOf(search, 'all') === id && (
        <BreakdownDialog dimension={dimension} onClose={() => change({ all: undefined }, { replace: true })} />
      )}
    </Panel>
  )
}

function Head({ dimension }: { dimension: Dimension }) {
  return (
    <p className="flex justify-between px-2 pb-1 text-xs text-muted">
      <span>{dimensionWords(dimension)}</span>
      <span>{words.visitors}</span>
    </p>
  )
}

interface Answer {
  readonly rows: readonly { readonly value: string; readonly visitors: number }[]
  readonly total?: { readonly visitors: number } | undefined
}

function Rows({ dimension, data }: { dimension: Dimension; data: Answer }) {
  const { isChosen, toggle } = useFilterByValue(dimension)
  if (data.rows.length === 0) return <Empty title={shared.noData}>{shared.noDataNote}</Empty>
  const rows = data.rows.map(({ value, visitors }) => ({
    key: value,
    name: valueWords(dimension, value),
    count: visitors,
    chosen: isChosen(value),
  }))
  return (
    <BarList rows={rows} total={data.total?.visitors ?? 0} rowsShown={rowsShown} onChoose={({ key }) => toggle(key)} />
  )
}
