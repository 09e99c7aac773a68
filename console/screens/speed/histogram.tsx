import type { PageSpeedRow } from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { formatCount } from '../../parts/formats.ts'
import { Empty } from '../../parts/states.tsx'
import { words } from '../../words/speed.ts'
import { formatSpeed, grounds, ratingOf } from './rating.tsx'

const height = 160

/** How many samples lie where: bars in the colour of their rating, each with its words for pointer and screen reader. */
export function Histogram({ row }: { row: PageSpeedRow }) {
  const { measure, histogram, bucketWidth, goodTo, poorAbove } = row
  const most = Math.max(...histogram)
  if (!(most > 0)) return <Empty title={words.empty}>{words.emptyNote}</Empty>
  const format = (value: number): string => formatSpeed(measure, value)
  const last = histogram.length - 1
  return (
    <>
      <ol className="flex items-end gap-px border-b border-line-strong" style={{ height }}>
        {histogram.map((count, at) => {
          const from = at * bucketWidth
          const said =
            at === last
              ? words.lastBucket(format(from), formatCount(count))
              : words.bucket(format(from), format(from + bucketWidth), formatCount(count))
          // The end of a bucket belongs to it, so a bucket is what its middle is.
          const ground = grounds[ratingOf(from + bucketWidth / 2, row) ?? 'good']
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bucket is its index
            <li key={at} title={said} className="flex h-full min-w-0 flex-1 items-end hover:bg-hover">
              <span className="sr-only">{count > 0 ? said : ''}</span>
              <span
                aria-hidden="true"
                className={`w-full rounded-t-sm ${goodTo === undefined ? 'bg-accent' : ground}`}
                style={{ height: count === 0 ? 0 : Math.max(2, (count / most) * height) }}
              />
            </li>
          )
        })}
      </ol>
      <p aria-hidden="true" className="flex justify-between pt-1 text-xs text-muted">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>
            {format(share * last * bucketWidth)}
            {share === 1 && '+'}
          </span>
        ))}
      </p>
      {goodTo !== undefined && poorAbove !== undefined && (
        <p className="pt-2 text-[13px] text-muted">{words.thresholds(format(goodTo), format(poorAbove))}</p>
      )}
    </>
  )
}
