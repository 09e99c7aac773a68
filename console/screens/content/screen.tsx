import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { ContentOrder, type ContentResponse } from '../../../proto/gen/userflow/v1/content_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Button, Choices } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { SearchField } from '../../parts/field.tsx'
import { Figures } from '../../parts/figures.tsx'
import { formatCount, formatDuration } from '../../parts/formats.ts'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/content.ts'
import { words as shared } from '../../words/parts.ts'
import { PageDialog } from './page-dialog.tsx'
import { PageTable } from './page-table.tsx'

/** The gateway answers with at most so many at once. */
const most = 1_000
const pageSize = 50

const orders = {
  views: ContentOrder.VIEWS,
  entries: ContentOrder.ENTRIES,
  exits: ContentOrder.EXITS,
  time: ContentOrder.TIME,
}
const orderNames = ['views', 'entries', 'exits', 'time'] as const

/** How each page is read, and one of them over time. */
export function Screen() {
  const { search, change } = useAddress()
  const page = textOf(search, 'page')
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      <Pages />
      {page !== undefined && (
        <PageDialog page={page} onClose={() => change({ page: undefined, plot: undefined, behind: undefined })} />
      )}
    </>
  )
}

function Pages() {
  const { search, change } = useAddress()
  const { question, zone } = useLooking()
  const [text, setText] = useState('')
  const [limit, setLimit] = useState(pageSize)
  const typed = useDeferredValue(text.trim())
  const contains = { dimension: Dimension.PAGE, property: '', operator: FilterOperator.CONTAINS, values: [typed] }
  const filters = typed === '' ? question.filters : [...question.filters, contains]
  const order = orderNames.find((one) => one === textOf(search, 'order')) ?? 'views'
  const request = { question: { ...question, filters }, order: orders[order], limit }
  const { data, error, refetch, isPlaceholderData } = useQuery(AnalyticsService.method.content, request, {
    placeholderData: keepPreviousData,
  })
  const call = callOf(AnalyticsService.method.content, request)
  return (
    <Panel
      title={words.all}
      actions={
        <>
          <CompleteTo meta={data?.meta} zone={zone} />
          <Behind source={{ id: 'content', title: words.all, call, meta: data?.meta, zone }} />
        </>
      }
    >
      <Totals answer={data} />
      <div className="no-print flex flex-wrap items-center justify-between gap-3 border-y border-line px-4 py-3">
        <Choices
          label={words.order}
          options={orderNames.map((value) => ({ value, name: words.measures[value] }))}
          chosen={order}
          onChoose={(value) => change({ order: value === 'views' ? undefined : value })}
        />
        <div className="w-full sm:w-72">
          <SearchField label={shared.searchIn(words.pages)} value={text} onChange={setText} />
        </div>
      </div>
      <div aria-busy={isPlaceholderData} className={`min-h-96 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && (
          <div className="px-4">
            <SkeletonRows rows={12} height={36} />
          </div>
        )}
        {data && <Rows answer={data} typed={typed} onOpen={(page) => change({ page })} />}
        {data && data.pages > data.rows.length && limit < most && (
          <div className="flex items-center justify-center gap-3 border-t border-line p-3">
            <span className="text-xs text-muted">
              {words.shown(formatCount(data.rows.length), formatCount(data.pages))}
            </span>
            <Button onClick={() => setLimit(Math.min(most, limit * 4))}>{words.more}</Button>
          </div>
        )}
      </div>
    </Panel>
  )
}

function Rows({ answer, typed, onOpen }: { answer: ContentResponse; typed: string; onOpen: (page: string) => void }) {
  // Sessions that saw such a page began and ended on others too, which nobody searched for.
  const rows = answer.rows.filter(({ page }) => page.toLowerCase().includes(typed.toLowerCase()))
  if (rows.length > 0) return <PageTable rows={rows} onOpen={onOpen} />
  return typed === '' ? <Empty title={shared.noData}>{shared.noDataNote}</Empty> : <Empty title={shared.nothingFound} />
}

function Totals({ answer }: { answer: ContentResponse | undefined }) {
  const total = answer?.total
  const { columns } = words
  const counted = (key: 'views' | 'visitors' | 'sessions') => ({
    name: columns[key],
    value: total && formatCount(total[key]),
  })
  return (
    <Figures
      figures={[
        counted('views'),
        counted('visitors'),
        counted('sessions'),
        {
          name: columns.time,
          value: total && (total.timeOnPageSeconds === undefined ? '–' : formatDuration(total.timeOnPageSeconds)),
        },
      ]}
    />
  )
}
