import {
  type ExperimentResponse,
  type ExperimentVariant,
  ExperimentWarning,
} from '../../../proto/gen/userflow/v1/experiments_pb.ts'
import { formatCount, formatShare } from '../../parts/formats.ts'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { words } from '../../words/experiments.ts'

/** Under this a difference is said to be one. */
const level = 0.05

/** A p-value as it is read: "0.031". */
export const chanceWords = (p: number): string => (p < 0.001 ? words.small : p.toFixed(3))

/** Every variant with its rate and how it differs from the control. */
export function Variants({ answer }: { answer: ExperimentResponse }) {
  const fair = !answer.warnings.includes(ExperimentWarning.SAMPLE_RATIO)
  return (
    <Table label={words.result} columns={columnsFor(fair)} rows={answer.variants} keyOf={({ variant }) => variant} />
  )
}

const points = (share: number): string => {
  const rounded = Math.round(share * 1_000) / 10
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${Math.abs(rounded).toFixed(1)} ${words.points}`
}

function columnsFor(fair: boolean): readonly Column<ExperimentVariant>[] {
  const { variant: names } = words
  return [
    { key: 'name', name: names.name, grow: true, show: (row) => <Name row={row} /> },
    { key: 'exposed', name: names.exposed, align: 'right', show: ({ exposed }) => formatCount(exposed) },
    { key: 'converted', name: names.converted, align: 'right', show: ({ converted }) => formatCount(converted) },
    {
      key: 'rate',
      name: names.rate,
      align: 'right',
      by: ({ rate }) => rate,
      show: ({ rate }) => <b className="font-semibold">{formatShare(rate)}</b>,
    },
    {
      key: 'range',
      name: names.range,
      align: 'right',
      show: ({ rateLow, rateHigh }) => words.between(formatShare(rateLow), formatShare(rateHigh)),
    },
    { key: 'difference', name: names.difference, align: 'right', show: (row) => <Difference row={row} /> },
    {
      key: 'chance',
      name: names.chance,
      align: 'right',
      show: ({ pValue }) => (pValue === undefined ? words.nothing : chanceWords(pValue)),
    },
    { key: 'verdict', name: names.verdict, show: (row) => <Verdict row={row} fair={fair} /> },
  ]
}

function Name({ row }: { row: ExperimentVariant }) {
  return (
    <span className="inline-flex min-w-0 max-w-full items-center gap-2">
      <bdi className="truncate font-medium" title={row.variant}>
        {row.variant}
      </bdi>
      {row.isControl && <span className="rounded bg-hover px-1.5 text-xs text-muted">{words.control}</span>}
    </span>
  )
}

function Difference({ row: { difference, differenceLow, differenceHigh } }: { row: ExperimentVariant }) {
  if (difference === undefined) return words.nothing
  return (
    <span className="inline-flex flex-col py-1">
      <span className="font-medium">{points(difference)}</span>
      {differenceLow !== undefined && differenceHigh !== undefined && (
        <span className="text-xs text-muted">
          {words.differenceRange(points(differenceLow), points(differenceHigh))}
        </span>
      )}
    </span>
  )
}

const looks: Readonly<Record<keyof typeof words.verdicts, { readonly colour: string; readonly icon?: IconName }>> = {
  better: { colour: 'text-up', icon: 'up' },
  worse: { colour: 'text-down', icon: 'fall' },
  open: { colour: 'text-muted' },
  doubtful: { colour: 'text-down', icon: 'alert' },
}

function Verdict({ row: { difference, pValue }, fair }: { row: ExperimentVariant; fair: boolean }) {
  if (difference === undefined || pValue === undefined) return words.nothing
  const verdict = !fair ? 'doubtful' : pValue >= level ? 'open' : difference > 0 ? 'better' : 'worse'
  const { colour, icon } = looks[verdict]
  return (
    <span title={words.verdictNotes[verdict]} className={`inline-flex items-center gap-1 font-medium ${colour}`}>
      {icon && <Icon name={icon} size={12} />}
      {words.verdicts[verdict]}
    </span>
  )
}
