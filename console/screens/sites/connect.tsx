import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useMutation, useQuery } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { AdminService, KeyKind, type Site } from '../../../proto/gen/userflow/v1/admin_pb.ts'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { EventState, PipelineService } from '../../../proto/gen/userflow/v1/pipeline_pb.ts'
import { EventRoad } from '../../events/event-road.tsx'
import { EventRow } from '../../events/event-row.tsx'
import { Button, Choices } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/copy.tsx'
import { formatMoment } from '../../parts/formats.ts'
import { Problem } from '../../parts/states.tsx'
import { useMay } from '../../session/session-context.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/sites.ts'
import { snippetFor, ways } from './snippets.ts'

/** What to put where, and whether something arrives. */
export function Connect({ site, secret, onMade }: { site: Site; secret: string; onMade: (secret: string) => void }) {
  const { search, change } = useAddress()
  const way = ways.find((one) => one === textOf(search, 'way')) ?? 'html'
  const text = snippetFor(way, { site, key: secret || 'KEY', origin: location.origin })
  return (
    <>
      <section aria-label={words.connect.howTo} className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h3 className="font-semibold">{words.connect.howTo}</h3>
          <Choices
            label={words.connect.howTo}
            options={ways.map((value) => ({ value, name: words.connect.ways[value] }))}
            chosen={way}
            onChoose={(value) => change({ way: value === 'html' ? undefined : value }, { replace: true })}
          />
        </div>
        <CodeBlock text={text} label={words.connect.ways[way]} />
        {secret === '' && <KeyNeeded site={site} onMade={onMade} />}
      </section>
      <Arriving site={site} />
      <LastRejected site={site} />
    </>
  )
}

function KeyNeeded({ site, onMade }: { site: Site; onMade: (secret: string) => void }) {
  const may = useMay(Role.ADMIN)
  const client = useQueryClient()
  const make = useMutation(AdminService.method.createKey, {
    onSuccess: ({ secret }) => {
      onMade(secret)
      void client.invalidateQueries()
    },
  })
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 text-[13px] text-muted">
      <p className="min-w-0 flex-1">{words.connect.hidden}</p>
      {may && (
        <Button
          icon="key"
          disabled={make.isPending}
          onClick={() => make.mutate({ siteId: site.siteId, kind: KeyKind.WRITE })}
        >
          {words.connect.make}
        </Button>
      )}
      {make.error && <Problem error={make.error} />}
    </div>
  )
}

const askEveryMs = 1_500

function Arriving({ site: { siteId } }: { site: Site }) {
  const { zone } = useLooking()
  const { data } = useQuery(
    AnalyticsService.method.recentEvents,
    { siteIds: [siteId], limit: 3, includeBots: true },
    { refetchInterval: askEveryMs, staleTime: 0 },
  )
  const events = data?.events ?? []
  return (
    <section aria-label={words.connect.here} aria-live="polite" className="min-h-24 rounded-md border border-line">
      {events.length === 0 ? (
        <div className="flex items-center gap-3 p-4">
          <span aria-hidden="true" className="size-2.5 animate-pulse rounded-full bg-accent" />
          <div>
            <p className="font-medium">{words.connect.waiting}</p>
            <p className="text-[13px] text-muted">{words.connect.waitingNote}</p>
          </div>
        </div>
      ) : (
        <>
          <h3 className="flex items-center gap-2 px-4 py-2.5 font-semibold text-up">
            <span aria-hidden="true" className="size-2.5 rounded-full bg-up" />
            {words.connect.here}
          </h3>
          {events.map((event) => (
            <EventRow
              key={event.eventId}
              event={event}
              time={event.eventTime ? (formatMoment(timestampMs(event.eventTime), zone).split(', ')[1] ?? '') : ''}
              zone={zone}
              narrow
            />
          ))}
        </>
      )}
    </section>
  )
}

function LastRejected({ site: { siteId } }: { site: Site }) {
  const { data } = useQuery(
    PipelineService.method.findEvent,
    { lastRejectedOfSite: siteId },
    { refetchInterval: 2 * askEveryMs, staleTime: 0, retry: false },
  )
  if (!data || data.state === EventState.UNKNOWN) return undefined
  return (
    <section aria-label={words.connect.rejected} className="flex flex-col gap-3 rounded-md border border-line p-4">
      <h3 className="font-semibold">{words.connect.rejected}</h3>
      <p className="text-[13px] text-muted">{words.connect.rejectedNote}</p>
      <EventRoad answer={data} />
    </section>
  )
}
