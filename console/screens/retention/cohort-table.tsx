import type { RetentionCohort } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { formatCount, formatDay, formatShare } from '../../parts/formats.ts'
import { words } from '../../words/retention.ts'

/** How cohorts are cut. */
export const cuts = ['day', 'week', 'month'] as const
export type Cut = (typeof cuts)[number]

/** A row a cohort, a column an interval since; the darker, the more came back. The share is written in every cell. */
export function CohortTable({ cohorts, cut }: { cohorts: readonly RetentionCohort[]; cut: Cut }) {
  const columns = Math.max(...cohorts.map(({ active }) => active.length))
  const head = 'px-2 py-2 font-medium whitespace-nowrap'
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto"
    >
      <table aria-label={words.title} className="w-full border-separate border-spacing-[3px] text-[13px]">
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className={`${head} text-left`}>
              {words.cohort}
            </th>
            <th scope="col" className={`${head} text-right`}>
              {words.visitors}
            </th>
            {Array.from({ length: columns }, (_, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the column is its index
              <th key={at} scope="col" className={`${head} text-center`}>
                {words.units[cut]} {at}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map((cohort) => (
            <tr key={cohort.firstDay}>
              <th scope="row" className="px-2 text-left font-medium whitespace-nowrap">
                {formatDay(cohort.firstDay, { year: true })}
              </th>
              <td className="px-2 text-right">{formatCount(cohort.visitors)}</td>
              {cohort.active.map((active, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the column is its index
                <Share key={at} active={active} of={cohort.visitors} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Grounds stay light enough, or dark enough, for the text on them. */
const mostTint = 60

function Share({ active, of }: { active: number; of: number }) {
  const share = of === 0 ? 0 : active / of
  const tint = Math.round(Math.sqrt(share) * mostTint)
  return (
    <td
      title={formatCount(active)}
      className="h-9 min-w-14 rounded text-center"
      style={{ background: `color-mix(in srgb, var(--accent-tint) ${tint}%, transparent)` }}
    >
      {formatShare(share)}
    </td>
  )
}
