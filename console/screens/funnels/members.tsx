import { create } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useInfiniteQuery } from '@connectrpc/connect-query'
import { Link } from '@tanstack/react-router'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { type FunnelMember, ListFunnelMembersRequestSchema } from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { formatCount, formatDuration, formatMoment } from '../../parts/formats.ts'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { PersonLink } from '../../people/person-link.tsx'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/funnels.ts'
import { words as shared } from '../../words/parts.ts'
import { definitionOf, stepWords, type Way } from './way.ts'

const pageSize = 50

/** Whose members are shown: those who reached a step, or those of them who got no further. */
export interface Chosen {
  readonly step: number
  readonly dropped: boolean
}

/** As it stands in the address: "2" or "2-left". */
export const writeMembers = ({ step, dropped }: Chosen): string => `${step}${dropped ? '-left' : ''}`

/** Reads it back. */
export function readMembers(text: string | undefined, steps: number): Chosen | undefined {
  const [, number, left] = /^(\d{1,2})(-left)?$/.exec(text ?? '') ?? []
  const step = Number(number)
  return step >= 1 && step <= steps ? { step, dropped: left !== undefined } : undefined
}

/** The people of a step, the latest entry first. */
export function Members({ way, chosen, onClose }: { way: Way; chosen: Chosen; onClose: () => void }) {
  const { question, zone } = useLooking()
  const request = create(ListFunnelMembersRequestSchema, {
    question,
    funnel: definitionOf(way),
    ...chosen,
    limit: pageSize,
  })
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    AnalyticsService.method.listFunnelMembers,
    { ...request, after: '' },
    { pageParamKey: 'after', getNextPageParam: ({ next }) => next || undefined },
  )
  const rows = data?.pages.flatMap(({ members }) => members)
  const name = stepWords(way.steps[chosen.step - 1])
  return (
    <Dialog title={chosen.dropped ? words.left(name) : words.members(name)} shape="wide" onClose={onClose}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!rows && !error && <SkeletonRows rows={12} height={36} />}
      {rows?.length === 0 && <Empty title={shared.noData} />}
      {rows && rows.length > 0 && (
        <>
          <p className="mb-2 text-[13px] text-muted">{words.memberCount(formatCount(data?.pages[0]?.persons ?? 0))}</p>
          <Table
            label={words.members(name)}
            columns={columnsFor(way, zone)}
            rows={rows}
            keyOf={({ person, siteId, isBot }) => `${siteId}-${isBot}-${person}`}
          />
          {hasNextPage && (
            <div className="flex justify-center pt-3">
              <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {words.more}
              </Button>
            </div>
          )}
        </>
      )}
    </Dialog>
  )
}

function tookSeconds({ stepTimes }: FunnelMember): number {
  const [first, last] = [stepTimes[0], stepTimes.at(-1)]
  return first && last ? (timestampMs(last) - timestampMs(first)) / 1_000 : 0
}

function columnsFor(way: Way, zone: string): readonly Column<FunnelMember>[] {
  const { columns } = words
  return [
    {
      key: 'person',
      name: columns.person,
      grow: true,
      show: (row) => <Member row={row} who={way.who} />,
    },
    {
      key: 'entered',
      name: columns.entered,
      show: ({ stepTimes: [first] }) => first && formatMoment(timestampMs(first), zone),
    },
    {
      key: 'reached',
      name: columns.reached,
      align: 'right',
      by: ({ reached }) => reached,
      show: ({ reached }) => words.step(reached),
    },
    {
      key: 'took',
      name: columns.took,
      align: 'right',
      by: tookSeconds,
      show: (row) => formatDuration(tookSeconds(row)),
    },
    {
      key: 'event',
      name: columns.open,
      show: ({ entryEventId }) => (
        <Link to={'/pipeline' as never} search={{ event: entryEventId } as never} className="text-accent-ink underline">
          {words.event}
        </Link>
      ),
    },
  ]
}

function Member({ row, who }: { row: FunnelMember; who: Way['who'] }) {
  const { search } = useAddress()
  const name = <bdi title={row.person}>{row.person}</bdi>
  if (who !== 'session') return <PersonLink person={who === 'user' ? { user: row.person } : { visitor: row.person }} />
  const there = { ...search, step: undefined, members: undefined, session: row.person }
  return (
    <Link to={'/sessions' as never} search={there as never} className="text-accent-ink underline">
      {name}
    </Link>
  )
}
