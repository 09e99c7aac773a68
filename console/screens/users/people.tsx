import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { People as PeopleKind } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { UserOrder, type UserRow, UserService } from '../../../proto/gen/userflow/v1/users_pb.ts'
import { eventDevice, eventPlace } from '../../events/event-words.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Button, Choices } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { SearchField } from '../../parts/field.tsx'
import { formatCount, formatMoment } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { PersonLink } from '../../people/person-link.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words as shared } from '../../words/parts.ts'
import { words } from '../../words/people.ts'

const pageSize = 20
/** The gateway answers with at most so many at once. */
const most = 1_000

const kinds = ['users', 'visitors'] as const
type Kind = (typeof kinds)[number]
const people: Readonly<Record<Kind, PeopleKind>> = { users: PeopleKind.USERS, visitors: PeopleKind.VISITORS }

const orderNames = ['last_seen', 'first_seen', 'sessions', 'events'] as const
const orders = {
  last_seen: UserOrder.LAST_SEEN,
  first_seen: UserOrder.FIRST_SEEN,
  sessions: UserOrder.SESSIONS,
  events: UserOrder.EVENTS,
} as const

/** The people of the period, each with the way to what they did. */
export function PeopleList() {
  const { search, change } = useAddress()
  const { question, zone } = useLooking()
  const [text, setText] = useState('')
  const [limit, setLimit] = useState(pageSize)
  const typed = useDeferredValue(text.trim())
  const kind = kinds.find((one) => one === textOf(search, 'list')) ?? 'users'
  const order = orderNames.find((one) => one === textOf(search, 'order')) ?? 'last_seen'
  const request = { question, people: people[kind], order: orders[order], search: typed, limit }
  const { data, error, refetch, isPlaceholderData } = useQuery(UserService.method.listUsers, request, {
    placeholderData: keepPreviousData,
  })
  const call = callOf(UserService.method.listUsers, request)
  return (
    <Panel
      title={words.list}
      actions={
        <>
          <CompleteTo meta={data?.meta} zone={zone} />
          <Behind source={{ id: 'people', title: words.list, call, meta: data?.meta, zone }} />
        </>
      }
    >
      <div className="no-print flex flex-wrap items-center gap-3 border-b border-line px-4 pt-1 pb-3">
        <Choices
          label={words.kind}
          options={kinds.map((value) => ({ value, name: words.kinds[value] }))}
          chosen={kind}
          onChoose={(value) => change({ list: value === 'users' ? undefined : value })}
        />
        <Choices
          label={words.order}
          options={orderNames.map((value) => ({ value, name: words.orders[value] }))}
          chosen={order}
          onChoose={(value) => change({ order: value === 'last_seen' ? undefined : value })}
        />
        <div className="w-full sm:ml-auto sm:w-64">
          <SearchField label={words.search} value={text} onChange={setText} />
        </div>
      </div>
      <div aria-busy={isPlaceholderData} className={`min-h-64 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && (
          <div className="px-4">
            <SkeletonRows rows={8} height={36} />
          </div>
        )}
        {data?.users.length === 0 && <Nobody kind={kind} searched={typed !== ''} />}
        {data && data.users.length > 0 && (
          <Table
            label={words.list}
            columns={columnsFor(kind, zone)}
            rows={data.users}
            keyOf={({ personId, siteId, isBot }) => `${siteId}-${isBot}-${personId}`}
          />
        )}
        {data && data.total > data.users.length && limit < most && (
          <div className="flex items-center justify-center gap-3 border-t border-line p-3">
            <span className="text-xs text-muted">
              {words.shown(formatCount(data.users.length), formatCount(data.total))}
            </span>
            <Button onClick={() => setLimit(Math.min(most, limit * 5))}>{words.more}</Button>
          </div>
        )}
      </div>
    </Panel>
  )
}

function Nobody({ kind, searched }: { kind: Kind; searched: boolean }) {
  if (searched) return <Empty title={shared.nothingFound} />
  if (kind === 'users') return <Empty title={words.noUsers}>{words.noUsersNote}</Empty>
  return <Empty title={shared.noData}>{shared.noDataNote}</Empty>
}

function columnsFor(kind: Kind, zone: string): readonly Column<UserRow>[] {
  const { columns } = words
  const seen = (key: 'lastSeen' | 'firstSeen'): Column<UserRow> => ({
    key,
    name: columns[key],
    align: 'right',
    show: ({ [key]: at }) => at && formatMoment(timestampMs(at), zone),
  })
  const counted = (key: 'sessions' | 'pageViews' | 'events'): Column<UserRow> => ({
    key,
    name: columns[key],
    align: 'right',
    by: ({ [key]: count }) => count,
    show: ({ [key]: count }) => formatCount(count),
  })
  return [
    {
      key: 'person',
      name: columns.person,
      grow: true,
      show: ({ personId }) => <PersonLink person={kind === 'users' ? { user: personId } : { visitor: personId }} />,
    },
    seen('lastSeen'),
    seen('firstSeen'),
    counted('sessions'),
    counted('pageViews'),
    counted('events'),
    { key: 'place', name: columns.place, show: (row) => <bdi>{eventPlace(row)}</bdi> },
    { key: 'device', name: columns.device, show: (row) => <bdi>{eventDevice(row)}</bdi> },
  ]
}
