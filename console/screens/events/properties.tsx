import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { useState } from 'react'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import type { PropertyRow } from '../../../proto/gen/userflow/v1/content_pb.ts'
import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { useFilterByValue } from '../../breakdown/filter-by-value.ts'
import { BarList } from '../../parts/bar-list.tsx'
import { Behind } from '../../parts/behind.tsx'
import { Button } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatCount, formatShare } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { useLooking } from '../../view/use-view.ts'
import { words } from '../../words/explorer.ts'

const keysShown = 20
/** The gateway answers with at most so many at once. */
const most = 1_000
/** Longer values are cut, and a cut value is not what to filter by. */
const mostCharacters = 200

/** The properties of these events, each with its commonest values; a click on a value filters everything by it. */
export function Properties({ kind, name }: { kind: string; name: string }) {
  const { question, zone } = useLooking()
  const [limit, setLimit] = useState(keysShown)
  const request = { question, eventType: kind, eventName: name, values: 10, limit }
  const { data, error, refetch, isPlaceholderData } = useQuery(AnalyticsService.method.eventProperties, request, {
    placeholderData: keepPreviousData,
  })
  const call = callOf(AnalyticsService.method.eventProperties, request)
  return (
    <Panel
      title={words.properties}
      actions={<Behind source={{ id: 'properties', title: words.properties, call, meta: data?.meta, zone }} />}
    >
      <div aria-busy={isPlaceholderData} className={`min-h-48 px-4 pb-4 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <SkeletonRows rows={6} />}
        {data?.rows.length === 0 && <Empty title={words.noProperties}>{words.noPropertiesNote}</Empty>}
        {data && data.rows.length > 0 && (
          <>
            <p className="pb-3 text-[13px] text-muted">{words.propertiesNote}</p>
            <div className="grid gap-x-8 gap-y-5 lg:grid-cols-2">
              {data.rows.map((row) => (
                <Property key={row.key} row={row} />
              ))}
            </div>
          </>
        )}
        {data && data.keys > data.rows.length && limit < most && (
          <div className="flex items-center justify-center gap-3 pt-4">
            <span className="text-xs text-muted">
              {words.keys(formatCount(data.rows.length), formatCount(data.keys))}
            </span>
            <Button onClick={() => setLimit(Math.min(most, limit * 4))}>{words.more}</Button>
          </div>
        )}
      </div>
    </Panel>
  )
}

const kinds = ['strings', 'numbers', 'booleans', 'objects', 'arrays', 'nulls'] as const

function Property({ row }: { row: PropertyRow }) {
  const { isChosen, toggle } = useFilterByValue(Dimension.PROPERTY, row.key)
  const found = kinds.filter((kind) => row[kind] > 0).map((kind) => words.kinds[kind])
  const says = [
    words.with(formatCount(row.events), formatShare(row.share)),
    words.distinct(formatCount(row.distinctValues)),
    found.join(', '),
  ]
  return (
    <section aria-label={row.key} className="min-w-0">
      <h3 className="truncate px-2 font-mono text-[13px] font-semibold" title={row.key}>
        <bdi>{row.key}</bdi>
      </h3>
      <p className="px-2 pb-1 text-xs text-muted">{says.join(' · ')}</p>
      <BarList
        rows={row.values.map(({ value, events }, at) => ({
          // Two that are cut may look alike.
          key: String(at),
          name: value,
          count: events,
          chosen: isChosen(value),
          fixed: value === '' || value.length >= mostCharacters,
        }))}
        total={row.events}
        rowsShown={1}
        onChoose={({ name }) => toggle(name)}
      />
    </section>
  )
}
