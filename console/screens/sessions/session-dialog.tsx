import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { EventRow } from '../../events/event-row.tsx'
import { eventDevice, eventPlace } from '../../events/event-words.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { formatDuration, formatExactly } from '../../parts/formats.ts'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { PersonLink } from '../../people/person-link.tsx'
import { useLooking } from '../../view/use-view.ts'
import { words } from '../../words/sessions.ts'

/** The gateway answers with at most so many at once; longer sessions are seldom a person's. */
const mostEvents = 1_000

/** Every event of a session, in order, each with how long after the first it happened. */
export function SessionDialog({ sessionId, onClose }: { sessionId: string; onClose: () => void }) {
  const { zone } = useLooking()
  const { data, error, refetch } = useQuery(AnalyticsService.method.listSessionEvents, { sessionId, limit: mostEvents })
  const [first] = data?.events ?? []
  const startMs = first?.eventTime ? timestampMs(first.eventTime) : 0
  return (
    <Dialog title={words.one} shape="side" onClose={onClose}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={12} height={44} />}
      {data && !first && <Empty title={words.lost} />}
      {first && (
        <>
          <div className="mb-4">
            <p className="text-base font-semibold break-all">
              {first.userId ? (
                <PersonLink person={{ user: first.userId }} />
              ) : (
                <PersonLink person={{ visitor: first.visitorId }} text={words.anonymous(first.visitorId.slice(0, 8))} />
              )}
            </p>
            <p className="text-[13px] text-muted">
              {[formatExactly(startMs, zone), eventPlace(first), eventDevice(first)].filter(Boolean).join(' · ')}
            </p>
          </div>
          <section aria-label={words.events} className="overflow-hidden rounded-md border border-line">
            {data?.events.map((event) => {
              const seconds = event.eventTime ? (timestampMs(event.eventTime) - startMs) / 1_000 : 0
              return (
                <EventRow key={event.eventId} event={event} time={`+${formatDuration(seconds)}`} zone={zone} narrow />
              )
            })}
          </section>
        </>
      )}
    </Dialog>
  )
}
