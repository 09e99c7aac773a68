import { useState } from 'react'
import type { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
import { Choices } from '../parts/button.tsx'
import { SearchField } from '../parts/field.tsx'
import { Panel, ScreenHead } from '../parts/panel.tsx'
import { dimensionName } from '../view/filters.ts'
import { textOf } from '../view/search.ts'
import { useAddress } from '../view/use-view.ts'
import { tabWords } from '../words/breakdown.ts'
import { dimensionWords } from '../words/dimensions.ts'
import { words as shared } from '../words/parts.ts'
import { AllValues } from './all-values.tsx'

/** A screen of one table: every value of a dimension with every measure, to be searched, sorted and filtered by. */
export function BreakdownScreen({
  title,
  note,
  dimensions,
}: {
  title: string
  note: string
  dimensions: readonly [Dimension, ...Dimension[]]
}) {
  const { search, change } = useAddress()
  const [text, setText] = useState('')
  const dimension = dimensions.find((one) => dimensionName(one) === textOf(search, 'of')) ?? dimensions[0]
  const choose = (name: string): void => {
    setText('')
    change({ of: name === dimensionName(dimensions[0]) ? undefined : name })
  }
  return (
    <>
      <ScreenHead title={title} note={note} />
      <Panel label={title}>
        <div className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-4 py-3">
          <Choices
            label={title}
            options={dimensions.map((one) => ({
              value: dimensionName(one),
              name: tabWords[one] ?? dimensionWords(one),
            }))}
            chosen={dimensionName(dimension)}
            onChoose={choose}
          />
          <div className="w-full sm:w-72">
            <SearchField label={shared.searchIn(dimensionWords(dimension))} value={text} onChange={setText} />
          </div>
        </div>
        <div className="min-h-[60vh] pb-2">
          <AllValues dimension={dimension} text={text} behind />
        </div>
      </Panel>
    </>
  )
}
