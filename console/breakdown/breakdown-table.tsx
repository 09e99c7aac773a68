import type { BreakdownResponse, BreakdownRow } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import type { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
import { formatCount, formatDuration, formatShare } from '../parts/formats.ts'
import { type Column, Table } from '../parts/table.tsx'
import { words } from '../words/breakdown.ts'
import { dimensionWords, valueWords } from '../words/dimensions.ts'
import { words as shared } from '../words/parts.ts'
import { useFilterByValue } from './filter-by-value.ts'

/** A number of a row; a column none of whose rows has it is left out. */
interface Measure {
  readonly key: string
  readonly name: string
  readonly of: (row: BreakdownRow) => number | undefined
  readonly format: (value: number) => string
}

const measures: readonly Measure[] = [
  { key: 'visitors', name: words.visitors, of: ({ visitors }) => visitors, format: formatCount },
  { key: 'sessions', name: words.sessions, of: ({ sessions }) => sessions, format: formatCount },
  { key: 'pageViews', name: words.pageViews, of: ({ pageViews }) => pageViews, format: formatCount },
  { key: 'entries', name: words.entries, of: ({ entries }) => entries, format: formatCount },
  { key: 'exits', name: words.exits, of: ({ exits }) => exits, format: formatCount },
  { key: 'events', name: words.events, of: ({ events }) => events, format: formatCount },
  { key: 'bounce', name: words.bounce, of: ({ bounceRate }) => bounceRate, format: formatShare },
  {
    key: 'duration',
    name: words.duration,
    of: ({ meanDurationSeconds }) => meanDurationSeconds,
    format: formatDuration,
  },
  { key: 'time', name: words.timeOnPage, of: ({ timeOnPageSeconds }) => timeOnPageSeconds, format: formatDuration },
]

/** Every measure of every value; a click on a value filters by it. */
export function BreakdownTable({
  dimension,
  answer,
  onChosen,
}: {
  dimension: Dimension
  answer: BreakdownResponse
  onChosen?: () => void
}) {
  const { toggle } = useFilterByValue(dimension)
  const total = answer.total?.visitors ?? 0
  const columns: Column<BreakdownRow>[] = [
    {
      key: 'value',
      name: dimensionWords(dimension),
      grow: true,
      by: ({ value }) => value,
      show: ({ value }) => <bdi>{valueWords(dimension, value) || shared.none}</bdi>,
    },
    ...measures
      .filter(({ of }) => answer.rows.some((row) => of(row) !== undefined))
      .map(
        ({ key, name, of, format }): Column<BreakdownRow> => ({
          key,
          name,
          align: 'right',
          by: (row) => of(row) ?? -1,
          show: (row) => {
            const value = of(row)
            return value === undefined ? '–' : format(value)
          },
        }),
      ),
    {
      key: 'share',
      name: words.share,
      align: 'right',
      show: ({ visitors }) => <span className="text-muted">{total > 0 ? formatShare(visitors / total) : '–'}</span>,
    },
  ]
  const choose = ({ value }: BreakdownRow): void => {
    toggle(value)
    onChosen?.()
  }
  return (
    <Table
      label={dimensionWords(dimension)}
      columns={columns}
      rows={answer.rows}
      keyOf={({ value }) => value}
      onOpen={choose}
    />
  )
}
