import { useState } from 'react'
import { Button, IconButton } from '../../parts/button.tsx'
import { Select } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { FilterDialog } from '../../shell/filter-dialog.tsx'
import { mostConditions } from '../../view/conditions.ts'
import { useAddress } from '../../view/use-view.ts'
import { conditionWords } from '../../words/conditions.ts'
import { words } from '../../words/experiments.ts'
import { people, type Trial, windows, writeTrial } from './trial.ts'

/** Says what counts as success, of whom, and within which time. */
export function Goal({ trial }: { trial: Trial }) {
  const { change } = useAddress()
  const [asks, setAsks] = useState(false)
  const { goal } = trial
  const put = (patch: Partial<Trial>): void => change(writeTrial({ ...trial, ...patch }))
  return (
    <Panel title={words.goal}>
      <div className="flex flex-col gap-3 px-4 pt-1 pb-4">
        <p className="text-[13px] text-muted">{words.goalNote}</p>
        <ul aria-label={words.goal} className="flex flex-wrap items-center gap-2 text-[13px]">
          {goal.map((filter, at) => (
            <li key={conditionWords(filter)} className="flex max-w-full items-center gap-1">
              {at > 0 && <span className="text-muted">{words.and}</span>}
              <span className="flex min-w-0 items-center rounded-md border border-line bg-page pl-2.5">
                <bdi className="min-w-0 truncate font-medium">{conditionWords(filter)}</bdi>
                <IconButton
                  icon="close"
                  label={words.removeCondition(conditionWords(filter))}
                  onClick={() => put({ goal: goal.filter((_, other) => other !== at) })}
                />
              </span>
            </li>
          ))}
          <li>
            <Button
              kind={goal.length === 0 ? 'strong' : 'quiet'}
              icon="plus"
              disabled={goal.length >= mostConditions}
              onClick={() => setAsks(true)}
            >
              {goal.length === 0 ? words.addGoal : words.addCondition}
            </Button>
          </li>
        </ul>
        <div className="grid gap-3 sm:grid-cols-2 lg:max-w-2xl">
          <Select
            label={words.who}
            value={trial.who}
            options={people.map((value) => ({ value, name: words.people[value] }))}
            onChoose={(who) => put({ who })}
          />
          <Select
            label={words.window}
            value={String(trial.windowSeconds)}
            options={windows.map((seconds) => ({
              value: String(seconds),
              name: words.windows[seconds as keyof typeof words.windows],
            }))}
            onChoose={(seconds) => put({ windowSeconds: Number(seconds) })}
          />
        </div>
      </div>
      {asks && (
        <FilterDialog
          title={words.addGoal}
          onAdd={(filter) => put({ goal: [...goal, filter] })}
          onClose={() => setAsks(false)}
        />
      )}
    </Panel>
  )
}
