import type { PageSpeedRow, SpeedMeasure } from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { formatCount, formatShare } from '../../parts/formats.ts'
import { words } from '../../words/speed.ts'
import { formatSpeed, grounds, RatingMark } from './rating.tsx'

/** A card a measure with its 75th percentile; a click chooses it for what stands below. */
export function MeasureCards({
  rows,
  chosen,
  onChoose,
}: {
  rows: readonly PageSpeedRow[] | undefined
  chosen: SpeedMeasure
  onChoose: (measure: SpeedMeasure) => void
}) {
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      {Object.entries(words.measures).map(([key, [short, long]]) => {
        const measure = Number(key) as SpeedMeasure
        const row = rows?.find((one) => one.measure === measure)
        return (
          <button
            key={key}
            type="button"
            aria-pressed={measure === chosen}
            data-speed={short}
            onClick={() => onChoose(measure)}
            className="flex min-h-34 flex-col items-start rounded-lg border border-line bg-panel p-3 text-left hover:bg-hover aria-pressed:border-accent aria-pressed:ring-1 aria-pressed:ring-accent"
          >
            <span className="text-[13px] font-semibold">{short}</span>
            <span className="text-xs text-muted">{long}</span>
            {row ? <Numbers row={row} /> : <span className="skeleton mt-2 h-7 w-20" />}
          </button>
        )
      })}
    </div>
  )
}

function Numbers({ row }: { row: PageSpeedRow }) {
  const { measure, figures } = row
  const p75 = figures?.p75
  return (
    <>
      <span data-p75 className="mt-1 text-xl font-semibold tracking-tight">
        {p75 === undefined ? '–' : formatSpeed(measure, p75)}
      </span>
      <span className="mt-0.5 flex flex-wrap items-center gap-x-2">
        <RatingMark value={p75} of={row} />
        {p75 !== undefined && (
          <span className="text-xs text-muted">
            {words.samples} {formatCount(figures?.samples ?? 0)}
          </span>
        )}
      </span>
      <Shares row={row} />
    </>
  )
}

/** How many of the samples are good, fair and poor. */
function Shares({ row: { figures } }: { row: PageSpeedRow }) {
  if (figures?.good === undefined) return undefined
  const parts = [
    ['good', figures.good],
    ['fair', figures.needsImprovement ?? 0],
    ['poor', figures.poor ?? 0],
  ] as const
  const text = parts.map(([rating, share]) => `${words.verdicts[rating]} ${formatShare(share)}`).join(', ')
  return (
    <span className="mt-auto w-full pt-2" title={text}>
      <span className="sr-only">{text}</span>
      <span aria-hidden="true" className="flex h-1.5 w-full gap-px overflow-hidden rounded">
        {parts.map(([rating, share]) => (
          <span key={rating} className={grounds[rating]} style={{ width: `${share * 100}%` }} />
        ))}
      </span>
    </span>
  )
}
