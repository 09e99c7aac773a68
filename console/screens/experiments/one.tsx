import { skipToken, useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Button } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatCount } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/experiments.ts'
import { Goal } from './goal.tsx'
import { askedOf, type Trial } from './trial.ts'
import { Variants } from './variants.tsx'
import { Warnings } from './warnings.tsx'

/** One experiment: what counts as success, and which variant brings more of it. */
export function One({ trial }: { trial: Trial }) {
  const { change } = useAddress()
  const back = { experiment: undefined, goal: undefined, who: undefined, window: undefined }
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <Button kind="quiet" icon="left" onClick={() => change(back)}>
          {words.back}
        </Button>
        <h2 className="min-w-0 text-base font-semibold break-all">
          <bdi>{trial.experiment}</bdi>
        </h2>
      </div>
      <Goal trial={trial} />
      <Result trial={trial} />
    </div>
  )
}

function Result({ trial }: { trial: Trial }) {
  const { question, zone } = useLooking()
  const request = { question, ...askedOf(trial) }
  const ready = trial.goal.length > 0
  const { data, error, refetch, isPlaceholderData } = useQuery(
    AnalyticsService.method.experiment,
    ready ? request : skipToken,
    { placeholderData: keepPreviousData },
  )
  const call = callOf(AnalyticsService.method.experiment, request)
  if (!ready) {
    return (
      <Panel label={words.result}>
        <Empty title={words.noGoal}>{words.noGoalNote}</Empty>
      </Panel>
    )
  }
  return (
    <Panel
      title={words.result}
      actions={
        <>
          <CompleteTo meta={data?.meta} zone={zone} />
          <Behind source={{ id: 'experiment', title: words.result, call, meta: data?.meta, zone }} />
        </>
      }
    >
      <div className={`min-h-40 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && (
          <div className="px-4">
            <SkeletonRows rows={3} height={48} />
          </div>
        )}
        {data && (
          <>
            <Warnings answer={data} />
            {data.variants.length === 0 ? <Empty title={words.none} /> : <Variants answer={data} />}
            {data.inSeveral > 0 && (
              <p className="px-4 pt-3 text-[13px] text-muted">{words.inSeveral(formatCount(data.inSeveral))}</p>
            )}
            <p className="max-w-3xl px-4 py-3 text-xs text-muted">{words.chanceNote}</p>
          </>
        )}
      </div>
    </Panel>
  )
}
