import { create } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useInfiniteQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import {
  AnalyticsService,
  ListSessionsRequestSchema,
  type SessionRow,
} from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { sessionDevice, sessionName, sessionPlace, sessionSeconds, sessionSource } from '../../events/session-words.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Button } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatCount, formatDuration, formatMoment } from '../../parts/formats.ts'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words as shared } from '../../words/parts.ts'
import { words } from '../../words/sessions.ts'
import { SessionDialog } from './session-dialog.tsx'

const pageSize = 50

/** The sessions of the period, and one of them with its events. */
export function Screen() {
  const { search, change } = useAddress()
  const open = textOf(search, 'session')
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      <SessionList onOpen={({ sessionId }) => change({ session: sessionId })} />
      {open && <SessionDialog sessionId={open} onClose={() => change({ session: undefined })} />}
    </>
  )
}

function columnsFor(zone: string): readonly Column<SessionRow>[] {
  const { columns } = words
  return [
    { key: 'who', name: columns.who, show: (row) => <bdi>{sessionName(row)}</bdi> },
    {
      key: 'started',
      name: columns.started,
      show: ({ startedAt }) => startedAt && formatMoment(timestampMs(startedAt), zone),
    },
    {
      key: 'duration',
      name: columns.duration,
      align: 'right',
      by: sessionSeconds,
      show: (row) => formatDuration(sessionSeconds(row)),
    },
    {
      key: 'pages',
      name: columns.pages,
      align: 'right',
      by: ({ pageViews }) => pageViews,
      show: ({ pageViews }) => formatCount(pageViews),
    },
    {
      key: 'events',
      name: columns.events,
      align: 'right',
      by: ({ events }) => events,
      show: ({ events }) => formatCount(events),
    },
    {
      key: 'entry',
      name: columns.entry,
      grow: true,
      show: ({ entryPage }) => <bdi title={entryPage}>{entryPage}</bdi>,
    },
    { key: 'source', name: columns.source, show: (row) => <bdi>{sessionSource(row)}</bdi> },
    { key: 'place', name: columns.place, show: (row) => <bdi>{sessionPlace(row)}</bdi> },
    { key: 'device', name: columns.device, show: (row) => <bdi>{sessionDevice(row)}</bdi> },
  ]
}

function SessionList({ onOpen }: { onOpen: (row: SessionRow) => void }) {
  const { question, zone } = useLooking()
  const request = create(ListSessionsRequestSchema, { question, limit: pageSize })
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    AnalyticsService.method.listSessions,
    { ...request, after: '' },
    { pageParamKey: 'after', getNextPageParam: ({ next }) => next || undefined, placeholderData: keepPreviousData },
  )
  const rows = data?.pages.flatMap(({ sessions }) => sessions)
  const meta = data?.pages[0]?.meta
  const call = callOf(AnalyticsService.method.listSessions, request)
  return (
    <Panel
      title={words.title}
      actions={
        <>
          <CompleteTo meta={meta} zone={zone} />
          <Behind source={{ id: 'sessions', title: words.title, call, meta, zone }} />
        </>
      }
    >
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!rows && !error && (
        <div className="px-4">
          <SkeletonRows rows={16} height={36} />
        </div>
      )}
      {rows?.length === 0 && <Empty title={shared.noData}>{shared.noDataNote}</Empty>}
      {rows && rows.length > 0 && (
        <>
          <Table
            label={words.title}
            columns={columnsFor(zone)}
            rows={rows}
            keyOf={({ sessionId }) => sessionId}
            onOpen={onOpen}
          />
          <div className="flex justify-center border-t border-line p-3">
            {hasNextPage ? (
              <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {words.more}
              </Button>
            ) : (
              <span className="text-xs text-muted">{words.last}</span>
            )}
          </div>
        </>
      )}
    </Panel>
  )
}
