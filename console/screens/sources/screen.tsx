import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { BreakdownScreen } from '../../breakdown/breakdown-screen.tsx'
import { names, notes } from '../../words/screens.ts'

/** Where visitors come from. */
export function Screen() {
  return (
    <BreakdownScreen
      title={names.sources}
      note={notes.sources}
      dimensions={[
        Dimension.CHANNEL,
        Dimension.REFERRER,
        Dimension.UTM_SOURCE,
        Dimension.UTM_MEDIUM,
        Dimension.UTM_CAMPAIGN,
        Dimension.UTM_TERM,
        Dimension.UTM_CONTENT,
      ]}
    />
  )
}
