import { type ExperimentResponse, ExperimentWarning } from '../../../proto/gen/userflow/v1/experiments_pb.ts'
import { formatCount } from '../../parts/formats.ts'
import { Icon } from '../../parts/icon.tsx'
import { words } from '../../words/experiments.ts'
import { chanceWords } from './variants.tsx'

/** What should make one doubt the numbers, in plain words; a broken assignment first and loudest. */
export function Warnings({ answer }: { answer: ExperimentResponse }) {
  const texts = answer.warnings.flatMap((warning) => textOf(warning, answer) ?? [])
  if (texts.length === 0) return undefined
  return (
    <ul aria-label={words.warningsLabel} className="flex flex-col gap-1.5 px-4 pt-1 pb-3">
      {texts.map(({ text, grave }) => (
        <li
          key={text}
          className={`flex gap-2 rounded-md px-3 py-2 text-[13px] ${grave ? 'bg-down-soft text-down' : 'bg-warn-soft text-warn'}`}
        >
          <Icon name="alert" />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}

function textOf(warning: ExperimentWarning, answer: ExperimentResponse): { text: string; grave: boolean } | undefined {
  const { warnings } = words
  const { neededPerVariant } = answer
  switch (warning) {
    case ExperimentWarning.SAMPLE_RATIO:
      return { text: warnings.ratio(chanceWords(answer.sampleRatioPValue)), grave: true }
    case ExperimentWarning.FEW_CONVERSIONS:
      return { text: warnings.few, grave: false }
    case ExperimentWarning.SAMPLE_TOO_SMALL: {
      const needed = neededPerVariant === undefined ? undefined : formatCount(Math.ceil(neededPerVariant))
      return { text: needed === undefined ? warnings.smallUnknown : warnings.small(needed), grave: false }
    }
    case ExperimentWarning.NOTHING_TO_COMPARE:
      return { text: warnings.alone, grave: false }
    default:
      return undefined
  }
}
