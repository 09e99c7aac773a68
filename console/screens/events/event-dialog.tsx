import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService, type TimeSeriesRow } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { type Plotted, RowsChart } from '../../charts/rows-chart.tsx'
import { kindWords } from '../../events/event-words.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Choices } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { formatShort } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { ScreenLink } from '../../parts/screen-link.tsx'
import { Problem } from '../../parts/states.tsx'
import { writeConditions } from '../../view/conditions.ts'
import { type ViewFilter, writeFilter } from '../../view/filters.ts'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { intervalOf } from '../../view/view.ts'
import { words } from '../../words/explorer.ts'
import { custom } from './ask-names.ts'
import { Properties } from './properties.tsx'

const plots = {
  events: { name: words.measures.events, at: ({ events }) => events, format: formatShort, whole: true },
  visitors: { name: words.measures.visitors, at: ({ visitors }) => visitors, format: formatShort, whole: true },
} as const satisfies Record<string, Plotted<TimeSeriesRow>>
const plotNames = ['events', 'visitors'] as const

/** One kind of event: how often over time, its properties with their values, and who did it. */
export function EventDialog({ kind, name, onClose }: { kind: string; name: string; onClose: () => void }) {
  const filters = filtersOf(kind, name)
  const chips = filters.map(writeFilter)
  // A custom event is meant by its name.
  const [step] = kind === custom && name !== '' ? filters.slice(1) : filters
  return (
    <Dialog title={name || kindWords(kind)} shape="wide" onClose={onClose}>
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
          <ScreenLink to="/sessions" more={{ f: chips }}>
            {words.sessions}
          </ScreenLink>
          <ScreenLink to="/users" more={{ f: chips, list: 'visitors' }}>
            {words.people}
          </ScreenLink>
          {step && (
            <ScreenLink to="/funnels" more={{ step: writeConditions([step]) }}>
              {words.funnel}
            </ScreenLink>
          )}
        </div>
        <Course filters={filters} />
        <Properties kind={kind} name={name} />
      </div>
    </Dialog>
  )
}

function filtersOf(kind: string, name: string): readonly ViewFilter[] {
  const is = (dimension: Dimension, value: string): ViewFilter => ({
    dimension,
    property: '',
    operator: FilterOperator.IS,
    values: [value],
  })
  return [is(Dimension.EVENT_TYPE, kind), ...(name === '' ? [] : [is(Dimension.EVENT_NAME, name)])]
}

function Course({ filters }: { filters: readonly ViewFilter[] }) {
  const { search, change } = useAddress()
  const { question, zone, interval, nowMs } = useLooking()
  const all = [...question.filters, ...filters.map((one) => ({ ...one, values: [...one.values] }))]
  const request = { question: { ...question, filters: all }, interval: intervalOf(interval) }
  const { data, error, refetch, isPlaceholderData } = useQuery(AnalyticsService.method.timeSeries, request, {
    placeholderData: keepPreviousData,
  })
  const chosen = plotNames.find((one) => one === textOf(search, 'plot')) ?? 'events'
  const title = words.course(plots[chosen].name)
  const call = callOf(AnalyticsService.method.timeSeries, request)
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
            onChoose={(plot) => change({ plot: plot === 'events' ? undefined : plot }, { replace: true })}
          />
          <Behind source={{ id: 'event-series', title, call, meta: data?.meta, zone }} />
        </>
      }
    >
      <div className={`px-4 pt-2 pb-3 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error ? (
          <Problem error={error} onRetry={() => void refetch()} />
        ) : (
          <RowsChart<TimeSeriesRow> answer={data} plotted={plots[chosen]} interval={interval} nowMs={nowMs} />
        )}
      </div>
    </Panel>
  )
}
