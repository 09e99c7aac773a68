import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { type BalanceResponse, PipelineService } from '../../../proto/gen/userflow/v1/pipeline_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { Figures } from '../../parts/figures.tsx'
import { formatCount } from '../../parts/formats.ts'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Problem } from '../../parts/states.tsx'
import { useLooking } from '../../view/use-view.ts'
import { words } from '../../words/pipeline.ts'
import { useGrafana } from './grafana.ts'

const askEveryMs = 5_000

/** taken = stored + duplicate + dead letters, of the company, by minutes of receipt. */
export function Balance() {
  const { span, zone } = useLooking()
  const request = { from: timestampFromMs(span.fromMs), to: timestampFromMs(span.toMs) }
  const { data, error, refetch } = useQuery(PipelineService.method.balance, request, {
    placeholderData: keepPreviousData,
    refetchInterval: askEveryMs,
  })
  const call = callOf(PipelineService.method.balance, request)
  const grafana = useGrafana()
  const more = (expression: string) => grafana && { address: grafana.explore(expression), label: words.grafana }
  const show = (value: number | undefined) => (value === undefined ? undefined : formatCount(value))
  return (
    <Panel
      title={words.balance}
      actions={
        <>
          <CompleteTo meta={data?.meta} zone={zone} />
          <Behind source={{ id: 'balance', title: words.balance, call, meta: data?.meta, zone }} />
        </>
      }
    >
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      <Figures
        figures={[
          { name: words.taken, value: show(data?.taken), more: more('sum(rate(userflow_worker_events_total[5m]))') },
          { name: words.stored, value: show(data?.stored), more: more(ofOutcome('stored')) },
          { name: words.duplicate, value: show(data?.duplicate), more: more(ofOutcome('duplicate')) },
          {
            name: words.letters,
            value: show(data?.deadLetter),
            more: more('sum by (reason) (rate(userflow_worker_dead_letters_total[5m]))'),
          },
          {
            name: words.difference,
            value: data && <Difference data={data} />,
            more: more('max(userflow_worker_balance_difference)'),
          },
        ]}
      />
    </Panel>
  )
}

const ofOutcome = (outcome: string): string => `sum(rate(userflow_worker_events_total{outcome="${outcome}"}[5m]))`

function Difference({ data }: { data: BalanceResponse }) {
  const balanced = data.difference === 0
  return (
    <span className={`inline-flex items-center gap-2 ${balanced ? 'text-up' : 'text-down'}`}>
      {formatCount(data.difference)}
      <span className="inline-flex items-center gap-1 text-[13px] font-medium tracking-normal">
        <Icon name={balanced ? 'check' : 'alert'} size={14} />
        {balanced ? words.balanced : words.unbalanced}
      </span>
    </span>
  )
}
