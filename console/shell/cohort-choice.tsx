import { skipToken, useQuery } from '@connectrpc/connect-query'
import { SegmentService } from '../../proto/gen/userflow/v1/segments_pb.ts'
import { Select } from '../parts/field.tsx'
import { useLink } from '../session/session-context.tsx'
import { useChangeView, useLooking } from '../view/use-view.ts'
import { chip } from '../words/cohort-chip.ts'

/** Narrows the view to a saved set of people; nothing where none is saved. */
export function CohortChoice({ onClose }: { onClose: () => void }) {
  const linked = useLink() !== undefined
  const { data } = useQuery(SegmentService.method.listSegments, linked ? skipToken : {})
  const { view } = useLooking()
  const { set } = useChangeView()
  if (!data || data.segments.length === 0) return undefined
  const saved = data.segments.map(({ segmentId, name }) => ({ value: segmentId, name }))
  const choose = (segmentId: string): void => {
    set({ segmentId })
    onClose()
  }
  return (
    <div className="mb-4 border-b border-line pb-4">
      <Select
        label={chip.choose}
        value={view.segmentId}
        options={[{ value: '', name: chip.everybody }, ...saved]}
        onChoose={choose}
      />
    </div>
  )
}
