import type { OverviewResponse, TimeSeriesRow } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Change } from '../../parts/change.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { words } from '../../words/overview.ts'
import { type Measure, measures } from './measures.ts'

/** Six numbers with their change and their course; a click plots one. */
export function Cards({
  totals,
  rows,
  chosen,
  onChoose,
}: {
  totals: OverviewResponse | undefined
  rows: readonly TimeSeriesRow[]
  chosen: Measure
  onChoose: (measure: Measure) => void
}) {
  return (
    <fieldset
      aria-label={words.totals}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-t-lg bg-line sm:grid-cols-3 xl:grid-cols-6"
    >
      {measures.map((measure) => (
        <button
          key={measure.key}
          type="button"
          data-measure={measure.key}
          aria-pressed={measure === chosen}
          onClick={() => onChoose(measure)}
          className="group flex h-[7.25rem] min-w-0 flex-col justify-between bg-panel px-4 py-3 text-left hover:bg-hover aria-pressed:shadow-[inset_0_-2px_0_var(--accent)]"
        >
          <span className="text-[13px] text-muted group-aria-pressed:font-medium group-aria-pressed:text-accent-ink">
            {measure.name}
          </span>
          <Numbers measure={measure} totals={totals} />
          <Sparkline values={rows.map(measure.at)} incomplete={rows.filter(({ incomplete }) => incomplete).length} />
        </button>
      ))}
    </fieldset>
  )
}

function Numbers({ measure, totals }: { measure: Measure; totals: OverviewResponse | undefined }) {
  if (!totals)
    return (
      <span key="awaited" className="flex h-7 items-center">
        <span className="skeleton h-5 w-20" />
      </span>
    )
  const now = measure.of(totals)
  const before = totals.compared && measure.of(totals.compared)
  return (
    <span className="flex h-7 items-baseline gap-2">
      <span data-value className="text-xl font-semibold tracking-tight" title={measure.exact(now)}>
        {measure.format(now)}
      </span>
      {before !== undefined && <Change change={measure.change(now, before)} goodWhen={measure.goodWhen} />}
    </span>
  )
}
