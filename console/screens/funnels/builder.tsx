import { useState } from 'react'
import { Button, IconButton } from '../../parts/button.tsx'
import { Select } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { FilterDialog } from '../../shell/filter-dialog.tsx'
import { mostConditions } from '../../view/conditions.ts'
import type { ViewFilter } from '../../view/filters.ts'
import { useAddress } from '../../view/use-view.ts'
import { conditionWords } from '../../words/conditions.ts'
import { words } from '../../words/funnels.ts'
import { mostSteps, orders, people, type Step, type Way, windows, writeWay } from './way.ts'

/** Says the way; every change stands in the address at once. */
export function Builder({ way }: { way: Way }) {
  const { change } = useAddress()
  const [asking, setAsking] = useState<number>()
  const put = (patch: Partial<Way>): void => {
    const next = { ...way, ...patch }
    // Without steps nothing is left of what was saved.
    change({ ...writeWay(next), members: undefined, ...(next.steps.length === 0 && { saved: undefined }) })
  }
  const add = (filter: ViewFilter): void => {
    const at = asking ?? way.steps.length
    const steps =
      at >= way.steps.length ? [...way.steps, [filter]] : way.steps.with(at, [...(way.steps[at] ?? []), filter])
    put({ steps })
  }
  const full = way.steps.length >= mostSteps
  return (
    <Panel title={words.builder}>
      <div className="flex flex-col gap-4 px-4 pt-2 pb-4">
        {way.steps.length > 0 && (
          <ol aria-label={words.steps} className="grid grid-cols-1 gap-2 sm:grid-cols-2 xl:grid-cols-3">
            {way.steps.map((step, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
              <li key={at}>
                <StepCard step={step} at={at} steps={way.steps} onSteps={(steps) => put({ steps })} onAsk={setAsking} />
              </li>
            ))}
          </ol>
        )}
        <div className="flex flex-wrap gap-2">
          <Button icon="plus" disabled={full} onClick={() => setAsking(way.steps.length)}>
            {words.addStep}
          </Button>
          <Button kind="quiet" disabled={full} onClick={() => put({ steps: [...way.steps, []] })}>
            {words.addAny}
          </Button>
        </div>
        <Terms way={way} onPut={put} />
      </div>
      {asking !== undefined && (
        <FilterDialog
          title={`${words.step(asking + 1)}: ${words.stepTitle.toLowerCase()}`}
          onAdd={add}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Panel>
  )
}

function Terms({ way, onPut }: { way: Way; onPut: (patch: Partial<Way>) => void }) {
  return (
    <div className="grid gap-3 border-t border-line pt-3 sm:grid-cols-3">
      <Select
        label={words.who}
        value={way.who}
        options={people.map((value) => ({ value, name: words.people[value] }))}
        onChoose={(who) => onPut({ who })}
      />
      <Select
        label={words.order}
        value={way.order}
        options={orders.map((value) => ({ value, name: words.orders[value] }))}
        onChoose={(order) => onPut({ order })}
      />
      <Select
        label={words.window}
        value={String(way.windowSeconds)}
        options={windows.map((seconds) => ({
          value: String(seconds),
          name: words.windows[seconds as keyof typeof words.windows],
        }))}
        onChoose={(seconds) => onPut({ windowSeconds: Number(seconds) })}
      />
    </div>
  )
}

interface Card {
  readonly step: Step
  readonly at: number
  readonly steps: readonly Step[]
  readonly onSteps: (steps: readonly Step[]) => void
  readonly onAsk: (at: number) => void
}

function StepCard({ step, at, steps, onSteps, onAsk }: Card) {
  const without = (index: number): readonly Step[] => steps.filter((_, other) => other !== index)
  const removeCondition = (index: number): void => {
    const left = step.filter((_, other) => other !== index)
    onSteps(left.length === 0 ? without(at) : steps.with(at, left))
  }
  return (
    <div className="flex h-full flex-col gap-1.5 rounded-md border border-line bg-page px-3 py-2">
      <div className="flex items-center">
        <span className="flex-1 text-xs font-medium text-muted">{words.step(at + 1)}</span>
        {at > 0 && (
          <IconButton
            icon="left"
            label={words.earlier(at + 1)}
            onClick={() => onSteps(without(at).toSpliced(at - 1, 0, step))}
          />
        )}
        {step.length < mostConditions && (
          <IconButton icon="filter" label={words.addCondition(at + 1)} onClick={() => onAsk(at)} />
        )}
        <IconButton icon="close" label={words.removeStep(at + 1)} onClick={() => onSteps(without(at))} />
      </div>
      {step.length === 0 && <p className="text-[13px]">{words.any}</p>}
      <ul className="flex flex-col gap-1">
        {step.map((filter, index) => (
          <li key={conditionWords(filter)} className="flex min-w-0 items-center gap-1 text-[13px]">
            {index > 0 && <span className="text-muted">{words.and}</span>}
            <bdi className="min-w-0 flex-1 truncate font-medium" title={conditionWords(filter)}>
              {conditionWords(filter)}
            </bdi>
            {step.length > 1 && (
              <IconButton
                icon="close"
                label={words.removeCondition(conditionWords(filter))}
                onClick={() => removeCondition(index)}
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
