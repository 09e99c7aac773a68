import type { ContentRow } from '../../../proto/gen/userflow/v1/content_pb.ts'
import { formatCount, formatShare } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { SkeletonRows } from '../../parts/states.tsx'
import { words } from '../../words/content.ts'

const marks = ['reached25', 'reached50', 'reached75', 'reached100'] as const

/** Which share of the sessions came how far down the page. */
export function Depth({ row, waits }: { row: ContentRow | undefined; waits: boolean }) {
  const scroll = row?.scroll
  return (
    <Panel title={words.depth}>
      <div className="min-h-40 px-4 pb-4">
        {waits && <SkeletonRows rows={4} />}
        {!waits && !scroll && <p className="text-[13px] text-muted">{words.noScroll}</p>}
        {row && scroll && (
          <>
            <p className="pb-2 text-[13px] text-muted">{words.depthNote(formatCount(row.sessions))}</p>
            <ul className="flex flex-col gap-1.5">
              {marks.map((mark) => (
                <li key={mark} data-depth={mark} className="flex items-center gap-3 text-[13px]">
                  <span className="w-28 shrink-0">{words.reached[mark]}</span>
                  <span aria-hidden="true" className="h-4 flex-1 overflow-hidden rounded bg-hover">
                    <span className="block h-full bg-[var(--series-1)]" style={{ width: `${scroll[mark] * 100}%` }} />
                  </span>
                  <span className="w-14 text-right font-medium">{formatShare(scroll[mark])}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Panel>
  )
}
