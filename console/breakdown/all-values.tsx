import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { type Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'
import { Behind, CompleteTo } from '../parts/behind.tsx'
import { callOf } from '../parts/curl.ts'
import { formatCount } from '../parts/formats.ts'
import { Empty, Problem, SkeletonRows } from '../parts/states.tsx'
import { useLooking } from '../view/use-view.ts'
import { words } from '../words/breakdown.ts'
import { dimensionWords } from '../words/dimensions.ts'
import { words as shared } from '../words/parts.ts'
import { BreakdownTable } from './breakdown-table.tsx'

/** Most rows of the table; beyond them the search finds the rest. */
const mostRows = 200

/** The table of a dimension's values, those containing `text` only; with where its numbers come from, if wanted. */
export function AllValues({
  dimension,
  text,
  behind = false,
  onChosen,
}: {
  dimension: Dimension
  text: string
  behind?: boolean
  onChosen?: () => void
}) {
  const { question, zone } = useLooking()
  const typed = useDeferredValue(text.trim())
  const contains = { dimension, property: '', operator: FilterOperator.CONTAINS, values: [typed] }
  const filters = typed === '' ? question.filters : [...question.filters, contains]
  const request = { question: { ...question, filters }, dimension, limit: mostRows }
  const { data, error, refetch } = useQuery(AnalyticsService.method.breakdown, request, {
    placeholderData: keepPreviousData,
  })
  if (error) return <Problem error={error} onRetry={() => void refetch()} />
  if (!data) return <SkeletonRows rows={12} height={36} />
  if (data.rows.length === 0) return <Empty title={shared.nothingFound} />
  const name = dimensionWords(dimension)
  const call = callOf(AnalyticsService.method.breakdown, request)
  return (
    <>
      {behind && (
        <div className="flex items-center justify-between gap-2 py-1 pr-2 pl-4">
          <CompleteTo meta={data.meta} zone={zone} />
          <Behind source={{ id: 'values', title: name, call, meta: data.meta, zone }} />
        </div>
      )}
      <BreakdownTable dimension={dimension} answer={data} {...(onChosen && { onChosen })} />
      {data.values > data.rows.length && (
        <p className="text-center text-xs text-muted">
          {words.showing(formatCount(data.rows.length), formatCount(data.values))}
        </p>
      )}
    </>
  )
}
