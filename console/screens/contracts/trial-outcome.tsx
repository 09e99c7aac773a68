import type { BrokenRule, Trial } from '../../../proto/gen/userflow/v1/schemas_pb.ts'
import { formatCount } from '../../parts/formats.ts'
import { type Column, Table } from '../../parts/table.tsx'
import { words } from '../../words/contracts.ts'

/** What a contract would have done in the last seven days. */
export function TrialOutcome({ trial }: { trial: Trial | undefined }) {
  if (!trial) return undefined
  const sum = words.trial.sum(formatCount(trial.rejected), formatCount(trial.events))
  return (
    <div role="status" className="rounded-md border border-line">
      <p className={`px-4 py-2.5 font-medium ${trial.rejected > 0 ? 'text-down' : ''}`}>
        {trial.events === 0 ? words.trial.none : sum}
      </p>
      {trial.broken.length > 0 && <BrokenRules title={words.trial.title} rules={trial.broken} />}
    </div>
  )
}

const columns: readonly Column<BrokenRule>[] = [
  { key: 'field', name: words.trial.field, show: ({ field }) => <code className="font-mono text-xs">{field}</code> },
  { key: 'rule', name: words.trial.rule, show: ({ rule }) => <code className="font-mono text-xs">{rule}</code> },
  { key: 'message', name: words.trial.message, grow: true, show: ({ message }) => <bdi>{message}</bdi> },
  {
    key: 'events',
    name: words.trial.events,
    align: 'right',
    by: ({ events }) => events,
    show: ({ events }) => formatCount(events),
  },
]

/** Rules that events broke, most often first. */
export function BrokenRules({ title, rules }: { title: string; rules: readonly BrokenRule[] }) {
  return <Table label={title} columns={columns} rows={rules} keyOf={({ field, rule }) => `${field} ${rule}`} />
}
