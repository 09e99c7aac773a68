import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { BarList } from '../../parts/bar-list.tsx'
import { Behind } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { Panel } from '../../parts/panel.tsx'
import { Problem, SkeletonRows } from '../../parts/states.tsx'
import { questionOfDays } from '../../view/question.ts'
import { useLooking } from '../../view/use-view.ts'
import { words } from '../../words/users.ts'

const states = ['active', 'soft', 'churned', 'hard'] as const

/** How many are active, fading, gone and lost. */
export function Churn() {
  const { question, zone } = useLooking()
  const request = { question: questionOfDays(question) }
  const { data, error, refetch } = useQuery(AnalyticsService.method.churn, request, {
    placeholderData: keepPreviousData,
  })
  const call = callOf(AnalyticsService.method.churn, request)
  const total = data ? states.reduce((sum, state) => sum + data[state], 0) : 0
  return (
    <Panel
      title={words.churn}
      actions={<Behind source={{ id: 'churn', title: words.churn, call, meta: data?.meta, zone }} />}
    >
      <div className="px-2 pb-3">
        <p className="px-2 pb-2 text-[13px] text-muted">{words.churnNote}</p>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {data ? (
          <BarList
            rows={states.map((state) => ({ key: state, name: words.states[state], count: data[state] }))}
            total={total}
            rowsShown={states.length}
          />
        ) : (
          <SkeletonRows rows={states.length} />
        )}
      </div>
    </Panel>
  )
}
