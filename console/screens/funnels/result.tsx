import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import type { FunnelStepRow } from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Change } from '../../parts/change.tsx'
import { callOf } from '../../parts/curl.ts'
import { Figures } from '../../parts/figures.tsx'
import { changeOf, formatCount, formatDuration, formatShare } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/funnels.ts'
import { Members, readMembers, writeMembers } from './members.tsx'
import { definitionOf, stepWords, type Way } from './way.ts'

/** A bar a step, and who left before it; a click opens the people. */
export function Result({ way }: { way: Way }) {
  const { search, change } = useAddress()
  const { question, compare, zone } = useLooking()
  const request = { question: { ...question, ...(compare && { compare }) }, funnel: definitionOf(way) }
  const { data, error, refetch, isPlaceholderData } = useQuery(AnalyticsService.method.funnel, request, {
    placeholderData: keepPreviousData,
  })
  const call = callOf(AnalyticsService.method.funnel, request)
  const chosen = readMembers(textOf(search, 'members'), way.steps.length)
  // While another funnel is on its way its rows are not those of the steps beside them.
  const rows = data?.steps.length === way.steps.length ? data.steps : undefined
  const entered = rows?.[0]?.persons ?? 0
  return (
    <Panel
      title={words.result}
      actions={
        <>
          <CompleteTo meta={data?.meta} zone={zone} />
          <Behind source={{ id: 'funnel', title: words.result, call, meta: data?.meta, zone }} />
        </>
      }
    >
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!error && <Totals rows={rows} compared={data?.compared ?? []} />}
      <div
        className={`px-4 pb-4 ${isPlaceholderData ? 'opacity-60' : ''}`}
        style={{ minHeight: way.steps.length * 84 }}
      >
        {!rows && !error && <SkeletonRows rows={way.steps.length} height={84} />}
        {rows && entered === 0 && <Empty title={words.nobody}>{words.nobodyNote}</Empty>}
        {rows && entered > 0 && (
          <ol className="flex flex-col gap-1">
            {rows.map((row, at) => (
              <StepRow
                key={row.step}
                row={row}
                before={rows[at - 1]}
                name={stepWords(way.steps[at])}
                onOpen={(one) => change({ members: writeMembers(one) })}
              />
            ))}
          </ol>
        )}
      </div>
      {chosen && <Members way={way} chosen={chosen} onClose={() => change({ members: undefined })} />}
    </Panel>
  )
}

type Rows = readonly FunnelStepRow[]

function Totals({ rows, compared }: { rows: Rows | undefined; compared: Rows }) {
  const [first, last] = [rows?.[0], rows?.at(-1)]
  // Where nobody entered there was no share.
  const before = compared[0]?.persons ? compared.at(-1) : undefined
  const share = last && (
    <span className="inline-flex items-baseline gap-2">
      {formatShare(last.shareOfFirst)}
      {before && <Change change={changeOf(last.shareOfFirst, before.shareOfFirst, 'points')} />}
    </span>
  )
  return (
    <Figures
      figures={[
        { name: words.conversion, value: share },
        { name: words.entered, value: first && formatCount(first.persons) },
        { name: words.converted, value: last && formatCount(last.persons) },
        { name: words.median, value: last && (last.persons > 0 ? formatDuration(last.medianSecondsFromFirst) : '–') },
      ]}
    />
  )
}

interface RowOf {
  readonly row: FunnelStepRow
  readonly before: FunnelStepRow | undefined
  readonly name: string
  readonly onOpen: (chosen: { step: number; dropped: boolean }) => void
}

const link = 'text-accent-ink hover:underline'

function StepRow({ row, before, name, onOpen }: RowOf) {
  const left = before ? before.persons - row.persons : 0
  return (
    <li data-step={row.step} className="py-1.5">
      <div className="mb-1 flex items-baseline justify-between gap-3 text-[13px]">
        <span className="min-w-0 truncate">
          <span className="mr-2 text-muted">{row.step}</span>
          <bdi className="font-medium" title={name}>
            {name}
          </bdi>
        </span>
        <span className="font-semibold whitespace-nowrap">{formatShare(row.shareOfFirst)}</span>
      </div>
      <div aria-hidden="true" className="h-6 overflow-hidden rounded bg-hover">
        <div className="h-full rounded bg-accent" style={{ width: `${row.shareOfFirst * 100}%` }} />
      </div>
      <p className="mt-1 flex flex-wrap gap-x-4 text-xs text-muted">
        <button type="button" className={link} onClick={() => onOpen({ step: row.step, dropped: false })}>
          {words.reached(formatCount(row.persons))}
        </button>
        {before && (
          <>
            <button
              type="button"
              className={link}
              disabled={left === 0}
              onClick={() => onOpen({ step: row.step - 1, dropped: true })}
            >
              {words.dropped(formatCount(left))}
            </button>
            <span>
              {formatShare(row.shareOfPrevious)} {words.ofPrevious}
            </span>
            {row.persons > 0 && <span>{words.usually(formatDuration(row.medianSeconds))}</span>}
          </>
        )}
      </p>
    </li>
  )
}
