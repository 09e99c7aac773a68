import { timestampMs } from '@bufbuild/protobuf/wkt'
import { type ReactNode, useState } from 'react'
import { AnalyticsService, type LiveResponse } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { EventRow } from '../../events/event-row.tsx'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Button } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatAgo, formatCount, formatRatio } from '../../parts/formats.ts'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { useLooking } from '../../view/use-view.ts'
import { words } from '../../words/live.ts'
import { useLive } from './use-live.ts'

const eventsShown = 50

/** Who is here now, and what they do. */
export function Screen() {
  const { question, zone } = useLooking()
  const [paused, setPaused] = useState(false)
  const { siteIds, includeBots, filters } = question
  const request = { siteIds, includeBots, filters, limit: eventsShown }
  const { data, error, refetch, streams } = useLive(request, paused)
  const source = { zone, call: callOf(AnalyticsService.method.live, request) }
  return (
    <>
      <ScreenHead
        title={words.title}
        note={paused ? words.paused : streams ? words.streams : words.asks}
        actions={<Button onClick={() => setPaused(!paused)}>{paused ? words.go : words.pause}</Button>}
      />
      <div className="flex flex-col gap-4">
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        <Numbers
          data={data}
          behind={<Behind source={{ id: 'live', title: words.visitors, meta: data?.meta, ...source }} />}
        />
        <Panel
          title={words.feed}
          actions={
            <>
              <CompleteTo meta={data?.eventsMeta} zone={zone} />
              <Behind source={{ id: 'feed', title: words.feed, meta: data?.eventsMeta, ...source }} />
            </>
          }
        >
          <Feed data={data} zone={zone} />
        </Panel>
      </div>
    </>
  )
}

function Numbers({ data, behind }: { data: LiveResponse | undefined; behind: ReactNode }) {
  const numbers = [
    { key: 'visitors', name: words.visitors, value: data && formatCount(data.visitors) },
    { key: 'rate', name: words.rate, value: data && formatRatio(data.eventsPerSecond) },
  ]
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {numbers.map(({ key, name, value }) => (
        <Panel key={key} label={name} className="flex items-start justify-between gap-2 p-4">
          <div>
            <p className="flex items-center gap-2 text-[13px] text-muted">
              {key === 'visitors' && <span aria-hidden="true" className="size-2 animate-pulse rounded-full bg-up" />}
              {name}
            </p>
            <p data-live={key} className="mt-1 h-10 text-3xl font-semibold tracking-tight">
              {value ?? <span className="skeleton inline-block h-8 w-16" />}
            </p>
          </div>
          {key === 'visitors' && behind}
        </Panel>
      ))}
    </div>
  )
}

function Feed({ data, zone }: { data: LiveResponse | undefined; zone: string }) {
  if (!data) {
    return (
      <div key="awaited" className="px-4">
        <SkeletonRows rows={12} height={44} />
      </div>
    )
  }
  if (data.events.length === 0) return <Empty title={words.waiting}>{words.waitingNote}</Empty>
  const nowMs = Date.now()
  return (
    <div className="mt-2 border-t border-line">
      {data.events.map((event) => (
        <EventRow
          key={event.eventId}
          event={event}
          time={event.eventTime ? formatAgo(timestampMs(event.eventTime), nowMs) : ''}
          zone={zone}
          linked
        />
      ))}
    </div>
  )
}
