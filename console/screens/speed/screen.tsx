import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { SpeedMeasure } from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Problem, SkeletonRows } from '../../parts/states.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/speed.ts'
import { SpeedByValue } from './by-value.tsx'
import { Histogram } from './histogram.tsx'
import { MeasureCards } from './measure-cards.tsx'

const method = AnalyticsService.method.pageSpeed
const nameOf = (measure: SpeedMeasure): string => words.measures[measure]?.[0] ?? ''

/** How fast pages are, against the published thresholds. */
export function Screen() {
  const { search, change } = useAddress()
  const { question, zone } = useLooking()
  const request = { question }
  const { data, error, refetch, isPlaceholderData } = useQuery(method, request, { placeholderData: keepPreviousData })
  const named = Object.keys(words.measures).find(
    (key) => nameOf(Number(key) as SpeedMeasure) === textOf(search, 'measure'),
  )
  const chosen = named === undefined ? SpeedMeasure.LCP : (Number(named) as SpeedMeasure)
  const row = data?.rows.find(({ measure }) => measure === chosen)
  const source = { id: 'speed', title: words.title, call: callOf(method, request), meta: data?.meta, zone }
  const choose = (measure: SpeedMeasure): void =>
    change({ measure: measure === SpeedMeasure.LCP ? undefined : nameOf(measure) })
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      <div className={`flex flex-col gap-4 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        <MeasureCards rows={data?.rows} chosen={chosen} onChoose={choose} />
        <Panel
          title={words.spread(nameOf(chosen))}
          actions={
            <>
              <CompleteTo meta={data?.meta} zone={zone} />
              <Behind source={source} />
            </>
          }
        >
          <div className="min-h-56 px-4 pt-2 pb-3">
            {row ? <Histogram row={row} /> : !error && <SkeletonRows rows={6} />}
          </div>
        </Panel>
        {row && <SpeedByValue of={row} />}
      </div>
    </>
  )
}
