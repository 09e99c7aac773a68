import { type ReactNode, useDeferredValue, useState } from 'react'
import { kindWords } from '../../events/event-words.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Change } from '../../parts/change.tsx'
import { SearchField } from '../../parts/field.tsx'
import { changeOf, formatCount, formatShare } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/explorer.ts'
import { words as shared } from '../../words/parts.ts'
import { custom, type NamedEvents, useNames } from './ask-names.ts'

/** Every kind of event with how often it happened; a click opens it. `below` comes when it is known how long the list is. */
export function Names({ below }: { below: ReactNode }) {
  const { change } = useAddress()
  const { zone } = useLooking()
  const [text, setText] = useState('')
  const typed = useDeferredValue(text.trim())
  const { rows, before, total, meta, calls, waits, error, retry, names, namesShown } = useNames(typed)
  const shown = rows?.filter((row) => nameOf(row).toLowerCase().includes(typed.toLowerCase()))
  const behind = (id: 'types' | 'names', name: string) => (
    <Behind name={name} source={{ id: `events-${id}`, title: name, call: calls[id], meta: meta[id], zone }} />
  )
  return (
    <>
      <Panel
        title={words.names}
        actions={
          <>
            <CompleteTo meta={meta.types} zone={zone} />
            {behind('types', words.behindTypes)}
            {behind('names', words.behindNames)}
          </>
        }
      >
        <div className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-4 pt-1 pb-3">
          <p className="text-[13px] text-muted">
            {words.namesNote}
            {total && <span> {`${words.all}: ${formatCount(total.events)}.`}</span>}
          </p>
          <div className="no-print w-full sm:w-72">
            <SearchField label={shared.searchIn(words.title)} value={text} onChange={setText} />
          </div>
        </div>
        <div aria-busy={waits} className={`min-h-96 ${waits ? 'opacity-60' : ''}`}>
          {error && <Problem error={error} onRetry={retry} />}
          {!shown && !error && (
            <div className="px-4">
              <SkeletonRows rows={12} height={36} />
            </div>
          )}
          {shown?.length === 0 &&
            (typed === '' ? (
              <Empty title={words.empty}>{words.emptyNote}</Empty>
            ) : (
              <Empty title={shared.nothingFound} />
            ))}
          {shown && shown.length > 0 && (
            <Table
              label={words.table}
              columns={columnsFor(total?.events ?? 0, before)}
              rows={shown}
              keyOf={keyOf}
              onOpen={({ kind, name }) => change({ kind, name: name || undefined })}
            />
          )}
          {names > namesShown && (
            <p className="p-3 text-center text-xs text-muted">
              {words.shown(formatCount(namesShown), formatCount(names))}
            </p>
          )}
        </div>
      </Panel>
      {(rows || error) && below}
    </>
  )
}

const keyOf = ({ kind, name }: NamedEvents): string => `${kind} ${name}`
const nameOf = ({ kind, name }: NamedEvents): string => name || kindWords(kind)

interface Before {
  readonly rows: readonly NamedEvents[]
  /** Whatever is not in it did not happen. */
  readonly isWhole: boolean
}

function columnsFor(total: number, before: Before | undefined): readonly Column<NamedEvents>[] {
  const { columns } = words
  const counted = (key: 'events' | 'visitors' | 'sessions'): Column<NamedEvents> => ({
    key,
    name: columns[key],
    align: 'right',
    by: ({ figures }) => figures[key],
    show: ({ figures }) => formatCount(figures[key]),
  })
  const old = before && new Map(before.rows.map((row) => [keyOf(row), row.figures.events]))
  const oldOf = (row: NamedEvents) => old?.get(keyOf(row)) ?? (before?.isWhole ? 0 : undefined)
  const change: Column<NamedEvents> = {
    key: 'change',
    name: columns.change,
    align: 'right',
    show: (row) => {
      const was = oldOf(row)
      // The other period is known later: the column is as wide before.
      return (
        <span className="inline-block min-w-20">
          {was === undefined ? '–' : <Change change={changeOf(row.figures.events, was)} goodWhen="neither" />}
        </span>
      )
    },
  }
  return [
    {
      key: 'name',
      name: columns.name,
      grow: true,
      by: nameOf,
      show: (row) => <bdi title={nameOf(row)}>{nameOf(row)}</bdi>,
    },
    {
      key: 'kind',
      name: columns.kind,
      show: ({ kind }) => <span className="text-muted">{kind === custom ? words.ownKind : words.automatic}</span>,
    },
    counted('events'),
    {
      key: 'share',
      name: columns.share,
      align: 'right',
      show: ({ figures }) => (
        <span className="text-muted">{total > 0 ? formatShare(figures.events / total) : '–'}</span>
      ),
    },
    counted('visitors'),
    counted('sessions'),
    ...(old ? [change] : []),
  ]
}
