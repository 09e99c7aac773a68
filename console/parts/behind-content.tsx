import { toJson } from '@bufbuild/protobuf'
import { ListValueSchema, timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { Link } from '@tanstack/react-router'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import type { AnswerMeta } from '../../proto/gen/userflow/v1/question_pb.ts'
import { textOf } from '../view/search.ts'
import { useAddress, useLooking } from '../view/use-view.ts'
import { words } from '../words/parts.ts'
import { Choices } from './button.tsx'
import { CodeBlock } from './copy.tsx'
import { curlOf } from './curl.ts'
import { formatCount, formatExactly, formatMoment } from './formats.ts'
import type { Source } from './source.ts'
import { Empty, Problem, SkeletonRows } from './states.tsx'

const tabs = ['people', 'sql', 'curl'] as const

/** What opens behind a number: the sessions, the SQL, and a line for a terminal. */
export function BehindContent({ source }: { source: Source }) {
  const { search, change } = useAddress()
  const chosen = tabs.find((one) => one === textOf(search, 'show')) ?? 'people'
  return (
    <div className="flex flex-col gap-4">
      <Choices
        label={source.title}
        options={tabs.map((value) => ({ value, name: words.behind.tabs[value] }))}
        chosen={chosen}
        onChoose={(show) => change({ show }, { replace: true })}
      />
      {chosen === 'people' && <People />}
      {chosen === 'sql' && <Sql meta={source.meta} zone={source.zone} />}
      {chosen === 'curl' && (
        <>
          <p className="text-[13px] text-muted">{words.behind.curlNote}</p>
          <CodeBlock text={curlOf(source.call, location.origin)} label="curl" />
        </>
      )}
    </div>
  )
}

function People() {
  const { question, zone } = useLooking()
  const { search } = useAddress()
  const { data, error } = useQuery(AnalyticsService.method.listSessions, { question, limit: 20 })
  if (error) return <Problem error={error} />
  if (!data) return <SkeletonRows rows={10} height={40} />
  if (data.sessions.length === 0) return <Empty title={words.noData}>{words.noDataNote}</Empty>
  const rest = { ...search, behind: undefined, show: undefined }
  return (
    <>
      <p className="text-[13px] text-muted">{words.behind.peopleNote}</p>
      <ul className="divide-y divide-line rounded-md border border-line">
        {data.sessions.map((session) => (
          <li key={session.sessionId}>
            <Link
              to={'/sessions' as never}
              search={{ ...rest, session: session.sessionId } as never}
              className="flex items-center justify-between gap-3 px-3 py-2 text-[13px] hover:bg-hover"
            >
              <span className="min-w-0">
                <bdi className="block truncate font-medium">{session.userId || session.visitorId.slice(0, 12)}</bdi>
                <bdi className="block truncate text-xs text-muted">{session.entryPage}</bdi>
              </span>
              <span className="text-xs whitespace-nowrap text-muted">
                {session.startedAt && formatMoment(timestampMs(session.startedAt), zone)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <Link to={'/sessions' as never} search={rest as never} className="text-[13px] text-accent-ink hover:underline">
        {words.behind.allSessions}
      </Link>
    </>
  )
}

function Sql({ meta, zone }: { meta: AnswerMeta | undefined; zone: string }) {
  if (!meta) return <SkeletonRows />
  const { behind } = words
  const facts = [
    [behind.metric, meta.metric],
    [behind.version, String(meta.version)],
    [behind.rows, formatCount(meta.rowCount)],
    [behind.completeTo, meta.completeTo ? formatExactly(timestampMs(meta.completeTo), zone) : behind.unknown],
  ] as const
  const parameters = meta.parameters ? toJson(ListValueSchema, meta.parameters) : []
  const listed = (parameters as unknown[]).map((one, at) => `$${at + 1} = ${JSON.stringify(one)}`).join('\n')
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 text-[13px] sm:grid-cols-4">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-xs text-muted">{name}</dt>
            <dd className="font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="text-[13px] text-muted">{behind.sqlNote}</p>
      <CodeBlock text={meta.sql} label="SQL" />
      <h3 className="text-[13px] font-semibold">{behind.parameters}</h3>
      <CodeBlock text={listed} label={behind.parameters} />
    </>
  )
}
