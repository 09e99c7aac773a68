import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { useState } from 'react'
import { People, type Segment } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { type SegmentMember, SegmentService } from '../../../proto/gen/userflow/v1/segments_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Button } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { Figures } from '../../parts/figures.tsx'
import { formatCount, formatMoment } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { PersonLink } from '../../people/person-link.tsx'
import { useLooking } from '../../view/use-view.ts'
import { words } from '../../words/cohorts.ts'

const pageSize = 50
/** The gateway answers with at most so many at once. */
const most = 1_000

/** How many people are in it, and who, the last seen first. */
export function Members({ segment }: { segment: Segment }) {
  const { question, zone } = useLooking()
  const [limit, setLimit] = useState(pageSize)
  const request = { question: { ...question, segmentId: '', segment }, people: segment.people, limit }
  const { data, error, refetch } = useQuery(SegmentService.method.segmentMembers, request, {
    placeholderData: keepPreviousData,
  })
  const call = callOf(SegmentService.method.segmentMembers, request)
  return (
    <Panel
      title={words.members}
      actions={
        <>
          <CompleteTo meta={data?.meta} zone={zone} />
          <Behind source={{ id: 'cohort', title: words.members, call, meta: data?.meta, zone }} />
        </>
      }
    >
      <Figures figures={[{ name: words.size, value: data && formatCount(data.total), note: words.share }]} />
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={8} height={36} />}
      {data?.members.length === 0 && <Empty title={words.nobody}>{words.nobodyNote}</Empty>}
      {data && data.members.length > 0 && (
        <Table
          label={words.members}
          columns={columnsFor(segment.people === People.USERS, zone)}
          rows={data.members}
          keyOf={({ personId, siteId, isBot }) => `${siteId}-${isBot}-${personId}`}
        />
      )}
      {data && data.members.length === limit && data.total > limit && limit < most && (
        <div className="flex justify-center p-3">
          <Button onClick={() => setLimit(Math.min(most, limit * 4))}>{words.more}</Button>
        </div>
      )}
    </Panel>
  )
}

function columnsFor(areUsers: boolean, zone: string): readonly Column<SegmentMember>[] {
  const { member } = words
  const moment = (at: SegmentMember['firstAt']) => at && formatMoment(timestampMs(at), zone)
  return [
    {
      key: 'person',
      name: member.person,
      grow: true,
      show: ({ personId }) => <PersonLink person={areUsers ? { user: personId } : { visitor: personId }} />,
    },
    {
      key: 'events',
      name: member.events,
      align: 'right',
      by: ({ events }) => events,
      show: ({ events }) => formatCount(events),
    },
    { key: 'first', name: member.first, align: 'right', show: ({ firstAt }) => moment(firstAt) },
    { key: 'last', name: member.last, align: 'right', show: ({ lastAt }) => moment(lastAt) },
  ]
}
