import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { BreakdownScreen } from '../../breakdown/breakdown-screen.tsx'
import { names, notes } from '../../words/screens.ts'

/** Which pages are seen, by whom and for how long. */
export function Screen() {
  return (
    <BreakdownScreen
      title={names.pages}
      note={notes.pages}
      dimensions={[Dimension.PAGE, Dimension.ENTRY_PAGE, Dimension.EXIT_PAGE, Dimension.PAGE_TITLE]}
    />
  )
}
