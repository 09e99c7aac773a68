import type { FindEventResponse } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { Icon } from '../parts/icon.tsx'
import { words } from '../words/pipeline.ts'

/** The stops an event passed, and where it stopped and why. */
export function EventRoad({ answer: { steps, reason, field, message } }: { answer: FindEventResponse }) {
  return (
    <>
      <ol className="flex flex-col gap-1.5 text-[13px]">
        {steps.map(({ step, passed, detail }) => (
          <li key={step} className="flex items-baseline gap-2">
            <span className={`translate-y-0.5 ${passed ? 'text-up' : 'text-down'}`}>
              <Icon name={passed ? 'check' : 'close'} size={14} />
            </span>
            <span className="w-28 shrink-0 font-medium">{words.find.steps[step - 1]}</span>
            {/* Why it did not get over this step is told below, in full. */}
            <bdi className="min-w-0 break-words text-muted">{passed || reason === '' ? detail : ''}</bdi>
          </li>
        ))}
      </ol>
      {reason !== '' && (
        <p className="rounded-md bg-down-soft px-3 py-2 text-[13px] text-down">
          <b>{reason}</b> {field && <code className="font-mono">{field}</code>} <bdi>{message}</bdi>
        </p>
      )}
    </>
  )
}
