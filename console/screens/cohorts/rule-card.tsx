import { IconButton } from '../../parts/button.tsx'
import { Field, Select } from '../../parts/field.tsx'
import { words } from '../../words/cohorts.ts'
import { conditionWords } from '../../words/conditions.ts'
import { type DraftRule, hows } from './rules.ts'

const most = 1_000_000
const withins = Object.keys(words.form.withins).map(Number)

/** One rule: which events, how often, and in what time. */
export function RuleCard({
  rule,
  at,
  onPut,
  onAsk,
  onRemove,
}: {
  rule: DraftRule
  at: number
  onPut: (rule: DraftRule) => void
  onAsk: () => void
  onRemove: (() => void) | undefined
}) {
  const { form } = words
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line bg-page px-3 py-2">
      <div className="flex items-center">
        <span className="flex-1 text-xs font-medium text-muted">{form.rule(at + 1)}</span>
        <IconButton icon="filter" label={form.conditionFor(at + 1)} onClick={onAsk} />
        {onRemove && <IconButton icon="close" label={form.removeRule(at + 1)} onClick={onRemove} />}
      </div>
      {rule.filters.length === 0 && <p className="text-[13px]">{words.anyEvent}</p>}
      <ul className="flex flex-col gap-1">
        {rule.filters.map((filter, index) => (
          <li key={conditionWords(filter)} className="flex items-center gap-1 text-[13px]">
            {index > 0 && <span className="text-muted">{words.and}</span>}
            <bdi className="min-w-0 truncate font-medium">{conditionWords(filter)}</bdi>
            <IconButton
              icon="close"
              label={form.removeCondition(conditionWords(filter))}
              onClick={() => onPut({ ...rule, filters: rule.filters.filter((_, other) => other !== index) })}
            />
          </li>
        ))}
      </ul>
      <Often rule={rule} at={at} onPut={onPut} />
    </div>
  )
}

function Often({ rule, at, onPut }: { rule: DraftRule; at: number; onPut: (rule: DraftRule) => void }) {
  const { form } = words
  const days = withins.includes(rule.lastDays) ? withins : [...withins, rule.lastDays]
  return (
    <div className="grid gap-2 sm:grid-cols-3">
      <Select
        label={form.how(at + 1)}
        value={rule.how}
        options={hows.map((value) => ({ value, name: form.hows[value] }))}
        onChoose={(how) => onPut({ ...rule, how })}
      />
      <Field
        label={form.times(at + 1)}
        type="number"
        min={1}
        max={most}
        disabled={rule.how === 'never'}
        value={rule.times}
        onChange={({ target }) =>
          onPut({ ...rule, times: Math.min(most, Math.max(1, Math.trunc(Number(target.value)) || 1)) })
        }
      />
      <Select
        label={form.within(at + 1)}
        value={String(rule.lastDays)}
        options={days.map((value) => ({
          value: String(value),
          name: form.withins[value as keyof typeof form.withins] ?? words.inDays(String(value)),
        }))}
        onChoose={(value) => onPut({ ...rule, lastDays: Number(value) })}
      />
    </div>
  )
}
