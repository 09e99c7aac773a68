import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import type { ContentRow, PageSeriesRow } from '../../../proto/gen/userflow/v1/content_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { useFilterByValue } from '../../breakdown/filter-by-value.ts'
import { type Plotted, RowsChart } from '../../charts/rows-chart.tsx'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Button, Choices } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Figures } from '../../parts/figures.tsx'
import { formatCount, formatDuration, formatShort } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { ScreenLink } from '../../parts/screen-link.tsx'
import { Problem } from '../../parts/states.tsx'
import { writeFilter } from '../../view/filters.ts'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { intervalOf } from '../../view/view.ts'
import { words } from '../../words/content.ts'
import { words as shared } from '../../words/parts.ts'
import { Depth } from './depth-list.tsx'

const counted = { format: formatShort, whole: true } as const
const plots = {
  views: { name: words.measures.views, at: ({ views }) => views, ...counted },
  visitors: { name: words.measures.visitors, at: ({ visitors }) => visitors, ...counted },
  entries: { name: words.measures.entries, at: ({ entries }) => entries, ...counted },
  exits: { name: words.measures.exits, at: ({ exits }) => exits, ...counted },
  time: {
    name: words.measures.time,
    at: ({ timeOnPageSeconds }) => timeOnPageSeconds ?? null,
    format: formatDuration,
  },
} as const satisfies Record<string, Plotted<PageSeriesRow>>
const plotNames = ['views', 'visitors', 'entries', 'exits', 'time'] as const

/** One page: its figures, its course, how far down it is read, and where to go on. */
export function PageDialog({ page, onClose }: { page: string; onClose: () => void }) {
  const { question, zone } = useLooking()
  const only = { dimension: Dimension.PAGE, property: '', operator: FilterOperator.IS, values: [page] }
  const request = { question: { ...question, filters: [...question.filters, only] }, limit: 1 }
  const { data, error, refetch } = useQuery(AnalyticsService.method.content, request, {
    placeholderData: keepPreviousData,
  })
  const row = data?.rows.find((one) => one.page === page)
  const call = callOf(AnalyticsService.method.content, request)
  return (
    <Dialog title={page || shared.none} shape="wide" onClose={onClose}>
      <div className="flex flex-col gap-4">
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        <Onward page={page} />
        <Panel
          label={words.figures}
          title={data && !row ? words.unseen : words.figures}
          actions={<Behind source={{ id: 'page', title: words.figures, call, meta: data?.meta, zone }} />}
        >
          <PageFigures row={row} waits={!data} />
        </Panel>
        <Course page={page} />
        <Depth row={row} waits={!data} />
      </div>
    </Dialog>
  )
}

function PageFigures({ row, waits }: { row: ContentRow | undefined; waits: boolean }) {
  const { columns } = words
  const figure = (name: string, say: (row: ContentRow) => string) => ({
    name,
    value: waits ? undefined : row ? say(row) : '–',
  })
  return (
    <Figures
      figures={[
        figure(columns.views, ({ views }) => formatCount(views)),
        figure(columns.visitors, ({ visitors }) => formatCount(visitors)),
        figure(columns.entries, ({ entries }) => formatCount(entries)),
        figure(columns.exits, ({ exits }) => formatCount(exits)),
        figure(columns.time, ({ timeOnPageSeconds: seconds }) =>
          seconds === undefined ? '–' : formatDuration(seconds),
        ),
      ]}
    />
  )
}

function Course({ page }: { page: string }) {
  const { search, change } = useAddress()
  const { question, zone, interval, nowMs } = useLooking()
  const request = { question, page, interval: intervalOf(interval) }
  const { data, error, refetch, isPlaceholderData } = useQuery(AnalyticsService.method.pageSeries, request, {
    placeholderData: keepPreviousData,
  })
  const chosen = plotNames.find((one) => one === textOf(search, 'plot')) ?? 'views'
  const title = words.course(plots[chosen].name)
  const call = callOf(AnalyticsService.method.pageSeries, request)
  return (
    <Panel
      title={title}
      actions={
        <>
          <CompleteTo meta={data?.meta} zone={zone} />
          <Choices
            label={words.measure}
            options={plotNames.map((value) => ({ value, name: plots[value].name }))}
            chosen={chosen}
            onChoose={(plot) => change({ plot: plot === 'views' ? undefined : plot }, { replace: true })}
          />
          <Behind source={{ id: 'page-series', title, call, meta: data?.meta, zone }} />
        </>
      }
    >
      <div className={`px-4 pt-2 pb-3 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error ? (
          <Problem error={error} onRetry={() => void refetch()} />
        ) : (
          <RowsChart<PageSeriesRow> answer={data} plotted={plots[chosen]} interval={interval} nowMs={nowMs} />
        )}
      </div>
    </Panel>
  )
}

function Onward({ page }: { page: string }) {
  const { isChosen, toggle } = useFilterByValue(Dimension.PAGE)
  const filter = { dimension: Dimension.PAGE, property: '', operator: FilterOperator.IS, values: [page] }
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
      <Button icon="filter" aria-pressed={isChosen(page)} onClick={() => toggle(page)}>
        {isChosen(page) ? words.unfilter : words.filter}
      </Button>
      <ScreenLink to="/sessions" more={{ f: writeFilter(filter) }}>
        {words.sessionsOfIt}
      </ScreenLink>
      <ScreenLink to="/journeys" more={{ start: `page:${page}` }}>
        {words.journeys}
      </ScreenLink>
      <ScreenLink to="/heat-map" more={{ page }}>
        {words.heatMap}
      </ScreenLink>
    </div>
  )
}
