import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { BreakdownPanel } from '../../breakdown/breakdown-panel.tsx'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Choices } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { Problem } from '../../parts/states.tsx'
import { textOf } from '../../view/search.ts'
import { type Looking, useAddress, useChangeView, useLooking } from '../../view/use-view.ts'
import { intervalOf, intervalsFor } from '../../view/view.ts'
import { words } from '../../words/overview.ts'
import { Cards } from './cards.tsx'
import { Chart } from './chart.tsx'
import { type Measure, measures } from './measures.ts'

const panels = [
  { id: 'sources', dimensions: [Dimension.CHANNEL, Dimension.REFERRER, Dimension.UTM_SOURCE, Dimension.UTM_CAMPAIGN] },
  { id: 'pages', dimensions: [Dimension.PAGE, Dimension.ENTRY_PAGE, Dimension.EXIT_PAGE] },
  { id: 'places', dimensions: [Dimension.COUNTRY, Dimension.REGION, Dimension.CITY, Dimension.LANGUAGE] },
  { id: 'devices', dimensions: [Dimension.DEVICE, Dimension.BROWSER, Dimension.OS, Dimension.SCREEN] },
] as const

/** How much traffic there was, how it went, and over what it spreads. */
export function Screen() {
  const { isPending, isPlaceholderData } = useTotals(useLooking())
  return (
    <div className="flex flex-col gap-4">
      <h1 className="sr-only">{words.title}</h1>
      <Totals />
      <div className="grid gap-4 xl:grid-cols-2">
        {panels.map(({ id, dimensions }) => (
          <BreakdownPanel
            key={id}
            id={id}
            title={words.panels[id]}
            dimensions={dimensions}
            later={isPending || isPlaceholderData}
          />
        ))}
      </div>
    </div>
  )
}

const overviewOf = ({ question, compare }: Looking) => ({ ...question, ...(compare && { compare }) })
/** The totals are looked at first: what else the screen asks would make them wait. */
const useTotals = (looking: Looking) =>
  useQuery(AnalyticsService.method.overview, overviewOf(looking), { placeholderData: keepPreviousData })
const seriesOf = ({ question, compareWhole, interval }: Looking) => ({
  question: { ...question, ...(compareWhole && { compare: compareWhole }) },
  interval: intervalOf(interval),
})

function Totals() {
  const looking = useLooking()
  const { search, change } = useAddress()
  const measure = measures.find(({ key }) => key === textOf(search, 'metric')) ?? (measures[0] as Measure)
  const totals = useTotals(looking)
  const enabled = !totals.isPending && !totals.isPlaceholderData
  const series = useQuery(AnalyticsService.method.timeSeries, seriesOf(looking), {
    placeholderData: keepPreviousData,
    enabled,
  })
  const error = totals.error ?? series.error
  const retry = (): void => void Promise.all([totals.refetch(), series.refetch()])
  const choose = ({ key }: Measure): void => change({ metric: key === 'visitors' ? undefined : key })
  const waits = totals.isPlaceholderData || series.isPlaceholderData
  return (
    <section aria-label={words.totals} className="rounded-lg border border-line bg-panel">
      {error && (
        <div className="p-3">
          <Problem error={error} onRetry={retry} />
        </div>
      )}
      <div aria-busy={waits} className={`transition-opacity ${waits ? 'opacity-60' : ''}`}>
        <Cards totals={totals.data} rows={series.data?.rows ?? []} chosen={measure} onChoose={choose} />
        <div className="border-t border-line px-4 pt-2 pb-3">
          <ChartHead looking={looking} measure={measure} totals={totals.data} series={series.data} />
          <Chart answer={series.data} measure={measure} interval={looking.interval} nowMs={looking.nowMs} />
        </div>
      </div>
    </section>
  )
}

type Answers = {
  readonly looking: Looking
  readonly measure: Measure
  readonly totals: Parameters<typeof Cards>[0]['totals']
  readonly series: Parameters<typeof Chart>[0]['answer']
}

function ChartHead({ looking, measure, totals, series }: Answers) {
  const { set } = useChangeView()
  const intervals = intervalsFor(looking.days)
  const { zone } = looking
  const sources = {
    totals: { call: callOf(AnalyticsService.method.overview, overviewOf(looking)), meta: totals?.meta },
    series: { call: callOf(AnalyticsService.method.timeSeries, seriesOf(looking)), meta: series?.meta },
  }
  return (
    <div className="mb-1 flex min-h-9 flex-wrap sm:h-9 sm:flex-nowrap items-center justify-between gap-2">
      <h2 className="text-[13px] font-semibold">{words.chart(measure.name)}</h2>
      <div className="flex flex-wrap items-center gap-2">
        <CompleteTo meta={totals?.meta} zone={zone} />
        {intervals.length > 1 && (
          <Choices
            label={words.interval}
            options={intervals.map((value) => ({ value, name: words.intervals[value] }))}
            chosen={looking.interval}
            onChoose={(interval) => set({ interval })}
          />
        )}
        <Behind name={words.behindTotals} source={{ id: 'totals', title: words.totals, zone, ...sources.totals }} />
        <Behind
          name={words.behindChart}
          source={{ id: 'series', title: words.chart(measure.name), zone, ...sources.series }}
        />
      </div>
    </div>
  )
}
