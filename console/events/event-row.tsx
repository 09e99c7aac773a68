import { timestampMs } from '@bufbuild/protobuf/wkt'
import { Link } from '@tanstack/react-router'
import type { RecentEvent } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { formatExactly } from '../parts/formats.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { PersonLink } from '../people/person-link.tsx'
import { useAddress } from '../view/use-view.ts'
import { words } from '../words/events.ts'
import { eventDevice, eventName, eventPath, eventPlace } from './event-words.ts'

const icons: Readonly<Record<string, IconName>> = {
  page_view: 'pages',
  click: 'arrow',
  scroll: 'down',
  form_submit: 'contracts',
  web_vital: 'speed',
  custom: 'live',
}

/** One event: what, where and when; opened, all that is known of it. Every text is a stranger's and stays text. */
export function EventRow({
  event,
  time,
  zone,
  linked = false,
  narrow = false,
}: {
  event: RecentEvent
  time: string
  zone: string
  /** With a link to its session. */
  linked?: boolean
  /** Without place and device, which all events of a session have in common. */
  narrow?: boolean
}) {
  return (
    <details className="group border-b border-line last:border-0">
      <summary className="flex h-11 cursor-pointer list-none items-center gap-3 px-4 text-[13px] hover:bg-hover">
        <span className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-accent-ink">
          <Icon name={icons[event.eventType] ?? 'events'} size={14} />
        </span>
        <span className="flex min-w-0 flex-1 items-baseline gap-2">
          <bdi className="max-w-[60%] truncate font-medium">{eventName(event)}</bdi>
          <bdi className="min-w-0 truncate text-muted">{eventPath(event)}</bdi>
          {event.isBot && <span className="rounded bg-warn-soft px-1.5 text-xs text-warn">{words.bot}</span>}
        </span>
        {!narrow && (
          <>
            <bdi className="hidden max-w-48 truncate text-muted md:inline">{eventPlace(event)}</bdi>
            <bdi className="hidden max-w-40 truncate text-muted xl:inline">{eventDevice(event)}</bdi>
          </>
        )}
        <span className="w-16 shrink-0 text-right text-xs text-muted">{time}</span>
      </summary>
      <EventFacts event={event} zone={zone} linked={linked} />
    </details>
  )
}

/** All that is known of an event. */
export function EventFacts({ event, zone, linked = false }: { event: RecentEvent; zone: string; linked?: boolean }) {
  const { search } = useAddress()
  const facts = [
    [words.id, event.eventId],
    [words.page, event.pageUrl],
    [words.received, event.receivedAt ? formatExactly(timestampMs(event.receivedAt), zone) : ''],
    [words.where, eventPlace(event)],
    [words.device, eventDevice(event)],
  ].filter(([, value]) => value !== '')
  const people = [
    [words.visitor, event.visitorId, { visitor: event.visitorId }],
    [words.user, event.userId, { user: event.userId }],
  ] as const
  const properties = event.properties ?? {}
  const hasProperties = Object.keys(properties).length > 0
  return (
    <div className="flex flex-col gap-3 bg-page px-4 py-3 text-[13px]">
      <dl className="grid gap-x-6 gap-y-1.5 sm:grid-cols-[7rem_1fr]">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 break-all">
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
        {people.map(
          ([name, id, person]) =>
            id !== '' && (
              <div key={name} className="contents">
                <dt className="text-muted">{name}</dt>
                <dd className="min-w-0 break-all">
                  <PersonLink person={person} />
                </dd>
              </div>
            ),
        )}
      </dl>
      {hasProperties && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-72 overflow-auto rounded-md border border-line bg-code p-3 font-mono text-xs break-all whitespace-pre-wrap"
        >
          {JSON.stringify(properties, undefined, 2)}
        </pre>
      )}
      {linked && (
        <Link
          to={'/sessions' as never}
          search={{ ...search, session: event.sessionId } as never}
          className="self-start text-accent-ink hover:underline"
        >
          {words.session}
        </Link>
      )}
    </div>
  )
}
