import { useState } from 'react'
import type { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
import { Dialog } from '../parts/dialog.tsx'
import { SearchField } from '../parts/field.tsx'
import { dimensionWords } from '../words/dimensions.ts'
import { words as shared } from '../words/parts.ts'
import { AllValues } from './all-values.tsx'

/** All values of a dimension, to be searched and sorted. The search runs at the gateway, so it finds rare values too. */
export function BreakdownDialog({ dimension, onClose }: { dimension: Dimension; onClose: () => void }) {
  const [text, setText] = useState('')
  const name = dimensionWords(dimension)
  return (
    <Dialog title={name} shape="wide" onClose={onClose}>
      <div className="flex min-h-[60vh] flex-col gap-4">
        <SearchField label={shared.searchIn(name)} value={text} onChange={setText} />
        <AllValues dimension={dimension} text={text} onChosen={onClose} />
      </div>
    </Dialog>
  )
}
