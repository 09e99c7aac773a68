import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { Figures } from '../../parts/figures.tsx'
import { formatCount, formatShare } from '../../parts/formats.ts'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Problem } from '../../parts/states.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/users.ts'
import { Churn } from './churn.tsx'
import { PeopleList } from './people.tsx'
import { Timeline } from './timeline.tsx'

/** Who there is, how often they come and who stays away; or what one of them did. */
export function Screen() {
  const { search } = useAddress()
  const [user, visitor] = [textOf(search, 'user'), textOf(search, 'visitor')]
  if (user) return <Timeline key={user} person={{ user }} />
  if (visitor) return <Timeline key={visitor} person={{ visitor }} />
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      <div className="flex flex-col gap-4">
        <Statistics />
        <PeopleList />
        <Churn />
      </div>
    </>
  )
}

function Statistics() {
  const { question, zone } = useLooking()
  const request = { question }
  const { data, error, refetch } = useQuery(AnalyticsService.method.userStatistics, request, {
    placeholderData: keepPreviousData,
  })
  const call = callOf(AnalyticsService.method.userStatistics, request)
  const actions = (
    <>
      <CompleteTo meta={data?.meta} zone={zone} />
      <Behind source={{ id: 'users', title: words.title, call, meta: data?.meta, zone }} />
    </>
  )
  const counted = (name: string, value: number | undefined) => ({
    name,
    value: value === undefined ? undefined : formatCount(value),
  })
  const shared = (value: number | undefined) => ({
    name: words.stickiness,
    note: words.stickinessNote,
    value: value === undefined ? undefined : formatShare(value),
  })
  const groups = [
    [
      words.visitors,
      [
        counted(words.day, data?.dailyVisitors),
        counted(words.week, data?.weeklyVisitors),
        counted(words.month, data?.monthlyVisitors),
        shared(data?.visitorStickiness),
      ],
    ],
    [
      words.users,
      [
        counted(words.day, data?.dailyUsers),
        counted(words.week, data?.weeklyUsers),
        counted(words.month, data?.monthlyUsers),
        shared(data?.userStickiness),
      ],
    ],
    [
      words.fresh,
      [
        counted(words.newVisitors, data?.newVisitors),
        counted(words.returning, data?.returningVisitors),
        counted(words.signups, data?.signups),
      ],
    ],
  ] as const
  return (
    <>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {groups.map(([title, figures], at) => (
        <Panel key={title} title={title} actions={at === 0 ? actions : undefined}>
          <Figures figures={figures} />
        </Panel>
      ))}
    </>
  )
}
