import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import type { People } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { type UserRow, UserService } from '../../../proto/gen/userflow/v1/users_pb.ts'
import { Behind } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { Figures } from '../../parts/figures.tsx'
import { formatCount, formatMoment } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { useLooking } from '../../view/use-view.ts'
import { words } from '../../words/people.ts'

/** Ids that contain this one are found too; more of them than this are nobody's. */
const mostAlike = 1_000

/** What the sessions of one person come to; on several sites a visitor's id may be several people, who are added up. */
export function PersonFigures({ id, people }: { id: string; people: People }) {
  const { question, zone } = useLooking()
  const request = { question, people, search: id.slice(0, 200), limit: mostAlike }
  const { data } = useQuery(UserService.method.listUsers, request, { placeholderData: keepPreviousData })
  const rows = data?.users.filter(({ personId }) => personId === id)
  const { columns } = words
  const sum = (of: (row: UserRow) => number) => rows && formatCount(rows.reduce((all, row) => all + of(row), 0))
  const moments = rows?.flatMap(({ firstSeen, lastSeen }) =>
    [firstSeen, lastSeen].flatMap((at) => (at ? [timestampMs(at)] : [])),
  )
  const moment = (ms: number | undefined) => (ms === undefined ? '–' : formatMoment(ms, zone))
  const sorted = moments?.toSorted((a, b) => a - b)
  const call = callOf(UserService.method.listUsers, request)
  return (
    <Panel
      title={words.figures}
      actions={<Behind source={{ id: 'person', title: words.figures, call, meta: data?.meta, zone }} />}
    >
      <Figures
        figures={[
          { name: columns.sessions, value: sum(({ sessions }) => sessions) },
          { name: columns.pageViews, value: sum(({ pageViews }) => pageViews) },
          { name: columns.events, value: sum(({ events }) => events) },
          { name: columns.firstSeen, value: sorted && moment(sorted[0]) },
          { name: columns.lastSeen, value: sorted && moment(sorted.at(-1)) },
        ]}
      />
    </Panel>
  )
}
