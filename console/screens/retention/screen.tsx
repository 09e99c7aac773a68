import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Choices } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { daysBetween } from '../../view/dates.ts'
import { questionOfDays } from '../../view/question.ts'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { intervalOf } from '../../view/view.ts'
import { words } from '../../words/retention.ts'
import { CohortTable, type Cut, cuts } from './cohort-table.tsx'

/** How many intervals after the first are shown. */
const shown: Readonly<Record<Cut, number>> = { day: 14, week: 10, month: 11 }

/** How many new visitors come back, and when. */
export function Screen() {
  const { search, change } = useAddress()
  const { question, days, zone } = useLooking()
  const usual: Cut =
    daysBetween(days.first, days.last) > 100 ? 'month' : daysBetween(days.first, days.last) > 14 ? 'week' : 'day'
  const cut = cuts.find((one) => one === textOf(search, 'cut')) ?? usual
  const request = { question: questionOfDays(question), interval: intervalOf(cut), intervals: shown[cut] }
  const { data, error, refetch, isPlaceholderData } = useQuery(AnalyticsService.method.retention, request, {
    placeholderData: keepPreviousData,
  })
  const call = callOf(AnalyticsService.method.retention, request)
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      <Panel
        title={words.title}
        actions={
          <>
            <CompleteTo meta={data?.meta} zone={zone} />
            <Choices
              label={words.by}
              options={cuts.map((value) => ({ value, name: words.intervals[value] }))}
              chosen={cut}
              onChoose={(value) => change({ cut: value })}
            />
            <Behind source={{ id: 'retention', title: words.title, call, meta: data?.meta, zone }} />
          </>
        }
      >
        <div className={`min-h-96 p-4 ${isPlaceholderData ? 'opacity-60' : ''}`}>
          {error && <Problem error={error} onRetry={() => void refetch()} />}
          {!data && !error && <SkeletonRows rows={10} height={36} />}
          {data?.cohorts.length === 0 && <Empty title={words.empty} />}
          {data && data.cohorts.length > 0 && <CohortTable cohorts={data.cohorts} cut={cut} />}
        </div>
      </Panel>
    </>
  )
}
