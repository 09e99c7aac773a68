import { type SavedSegment, SegmentService } from '../../../proto/gen/userflow/v1/segments_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Remove } from '../../parts/remove.tsx'
import { useAddress, useChangeView, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/cohorts.ts'
import { Members } from './members.tsx'
import { ruleWords } from './rules.ts'

/** A saved set: what it says, how many it is, who it is, and what can be done with it. */
export function CohortDialog({
  saved,
  may,
  onClose,
}: {
  saved: SavedSegment
  /** Whether the person may change it. */
  may: boolean
  onClose: () => void
}) {
  const { change } = useAddress()
  const { view } = useLooking()
  const { set } = useChangeView()
  const used = view.segmentId === saved.segmentId
  return (
    <Dialog title={saved.name} shape="wide" onClose={onClose}>
      <div className="flex min-h-[60vh] flex-col gap-4">
        <ul className="flex flex-col gap-1 text-[13px]">
          {(saved.segment?.rules ?? []).map((rule) => (
            <li key={ruleWords(rule)} className="rounded-md bg-hover px-3 py-1.5 break-words">
              <bdi>{ruleWords(rule)}</bdi>
            </li>
          ))}
        </ul>
        <div className="flex flex-wrap items-center gap-2">
          <Button
            kind={used ? 'plain' : 'strong'}
            icon="filter"
            onClick={() => set({ segmentId: used ? '' : saved.segmentId })}
          >
            {used ? words.unuse : words.use}
          </Button>
          {may && <Button onClick={() => change({ editing: 'yes' })}>{words.edit}</Button>}
          {may && (
            <Remove
              method={SegmentService.method.deleteSegment}
              request={{ segmentId: saved.segmentId }}
              words={words}
              onRemoved={() => (used ? change({ segment: undefined, cohort: undefined }) : onClose())}
            />
          )}
        </div>
        {saved.segment && <Members segment={saved.segment} />}
      </div>
    </Dialog>
  )
}
