import { create } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useInfiniteQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import type { RecentEvent, SessionRow } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { People } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { ListUserEventsRequestSchema, UserService } from '../../../proto/gen/userflow/v1/users_pb.ts'
import { EventRow } from '../../events/event-row.tsx'
import { sessionDevice, sessionPlace, sessionSeconds, sessionSource } from '../../events/session-words.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Button } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatCount, formatDuration, formatExactly, formatTime } from '../../parts/formats.ts'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { ScreenLink } from '../../parts/screen-link.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import type { Person } from '../../people/person-link.tsx'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/people.ts'
import { PersonFigures } from './person-figures.tsx'

const pageSize = 200

/** All that one person did in the period, session by session. */
export function Timeline({ person }: { person: Person }) {
  const isUser = 'user' in person
  const id = isUser ? person.user : person.visitor
  return (
    <>
      <ScreenHead
        title={id}
        note={`${words.timelineOf[isUser ? 'user' : 'visitor']}. ${words.timelineNote}`}
        actions={
          <ScreenLink to="/users" more={isUser ? {} : { list: 'visitors' }}>
            {words.all}
          </ScreenLink>
        }
      />
      <div className="flex flex-col gap-4">
        <PersonFigures id={id} people={isUser ? People.USERS : People.VISITORS} />
        <Events id={id} people={isUser ? People.USERS : People.VISITORS} />
      </div>
    </>
  )
}

function Events({ id, people }: { id: string; people: People }) {
  const { question, zone } = useLooking()
  const request = create(ListUserEventsRequestSchema, { question, people, personId: id, limit: pageSize })
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    UserService.method.listUserEvents,
    { ...request, after: '' },
    { pageParamKey: 'after', getNextPageParam: ({ next }) => next || undefined, placeholderData: keepPreviousData },
  )
  // Fewer than asked for may be all, or what fits; one more question tells.
  const isShort = data?.pages.length === 1 && (data.pages[0]?.events.length ?? 0) < pageSize
  useEffect(() => {
    if (isShort && hasNextPage) void fetchNextPage()
  }, [isShort, hasNextPage, fetchNextPage])
  const runs = useMemo(() => data && runsOf(data.pages.flatMap(({ events }) => events)), [data])
  const sessions = new Map(data?.pages.flatMap((page) => page.sessions).map((one) => [one.sessionId, one]))
  const meta = data?.pages[0]?.meta
  const call = callOf(UserService.method.listUserEvents, request)
  return (
    <Panel
      title={words.timeline}
      actions={
        <>
          <CompleteTo meta={meta} zone={zone} />
          <Behind source={{ id: 'timeline', title: words.timeline, call, meta, zone }} />
        </>
      }
    >
      <div className="min-h-96 px-4 pt-1 pb-4">
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!runs && !error && <SkeletonRows rows={12} height={44} />}
        {runs?.length === 0 && <Empty title={words.nothing}>{words.nothingNote}</Empty>}
        <ol aria-label={words.timeline} className="flex flex-col gap-4">
          {runs?.map((events) => (
            <li key={events[0]?.eventId}>
              <Run events={events} session={sessions.get(events[0]?.sessionId ?? '')} zone={zone} />
            </li>
          ))}
        </ol>
        {hasNextPage && !isShort && (
          <div className="flex justify-center pt-4">
            <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {words.more}
            </Button>
          </div>
        )}
        {runs && runs.length > 0 && !hasNextPage && <p className="pt-4 text-center text-xs text-muted">{words.last}</p>}
      </div>
    </Panel>
  )
}

/** Events that follow each other in one session; with two sessions at once it may come more than once. */
function runsOf(events: readonly RecentEvent[]): readonly (readonly RecentEvent[])[] {
  const runs: RecentEvent[][] = []
  for (const event of events) {
    const last = runs.at(-1)
    if (last?.[0]?.sessionId === event.sessionId) last.push(event)
    else runs.push([event])
  }
  return runs
}

function Run({
  events,
  session,
  zone,
}: {
  events: readonly RecentEvent[]
  session: SessionRow | undefined
  zone: string
}) {
  const { search } = useAddress()
  const [first] = events
  const startMs = first?.eventTime ? timestampMs(first.eventTime) : 0
  const when = formatExactly(startMs, zone)
  const facts = session
    ? [
        formatDuration(sessionSeconds(session)),
        words.pages(formatCount(session.pageViews)),
        sessionSource(session),
        sessionPlace(session),
        sessionDevice(session),
      ]
    : []
  return (
    <section
      aria-label={words.sessionOf(when)}
      className="overflow-hidden rounded-md border border-line break-inside-avoid-page"
    >
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 border-b border-line bg-page px-4 py-2 text-[13px]">
        <h3 className="font-semibold">{when}</h3>
        <p className="min-w-0 text-muted">
          <bdi>{facts.filter(Boolean).join(' · ')}</bdi>
        </p>
        {first && first.sessionId !== '' && (
          <Link
            to={'/sessions' as never}
            search={{ ...search, user: undefined, visitor: undefined, session: first.sessionId } as never}
            aria-label={words.openSession(when)}
            className="no-print text-accent-ink hover:underline"
          >
            {words.session}
          </Link>
        )}
      </header>
      {events.map((event) => (
        <EventRow
          key={event.eventId}
          event={event}
          time={event.eventTime ? formatTime(timestampMs(event.eventTime), zone) : ''}
          zone={zone}
          narrow
        />
      ))}
    </section>
  )
}
