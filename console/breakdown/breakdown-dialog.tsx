import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { type Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'
import { Dialog } from '../parts/dialog.tsx'
import { SearchField } from '../parts/field.tsx'
import { formatCount } from '../parts/formats.ts'
import { Empty, Problem, SkeletonRows } from '../parts/states.tsx'
import { useLooking } from '../view/use-view.ts'
import { words } from '../words/breakdown.ts'
import { dimensionWords } from '../words/dimensions.ts'
import { words as shared } from '../words/parts.ts'
import { BreakdownTable } from './breakdown-table.tsx'

/** Most rows of the table; beyond them the search finds the rest. */
const mostRows = 200

/** All values of a dimension, to be searched and sorted. The search runs at the gateway, so it finds rare values too. */
export function BreakdownDialog({ dimension, onClose }: { dimension: Dimension; onClose: () => void }) {
  const [text, setText] = useState('')
  const name = dimensionWords(dimension)
  return (
    <Dialog title={name} shape="wide" onClose={onClose}>
      <div className="flex min-h-[60vh] flex-col gap-4">
        <SearchField label={shared.searchIn(name)} value={text} onChange={setText} />
        <AllValues dimension={dimension} text={text} onChosen={onClose} />
      </div>
    </Dialog>
  )
}

/** The table of a dimension's values, those containing `text` only. */
export function AllValues({
  dimension,
  text,
  onChosen,
}: {
  dimension: Dimension
  text: string
  onChosen?: () => void
}) {
  const { question } = useLooking()
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
  return (
    <>
      <BreakdownTable dimension={dimension} answer={data} {...(onChosen && { onChosen })} />
      {data.values > data.rows.length && (
        <p className="text-center text-xs text-muted">
          {words.showing(formatCount(data.rows.length), formatCount(data.values))}
        </p>
      )}
    </>
  )
}
