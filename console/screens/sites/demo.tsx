import { useMutation, useQuery } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { type Demo, DemoState, InstallationService } from '../../../proto/gen/userflow/v1/installation_pb.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/copy.tsx'
import { formatCount, formatShare } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Problem } from '../../parts/states.tsx'
import { words } from '../../words/demo.ts'

const askEveryMs = 1_000

/** Fills a site of its own with made-up traffic. `untilThere`: shows nothing once the site has all of it. */
export function DemoData({ untilThere = false }: { untilThere?: boolean }) {
  const client = useQueryClient()
  const read = InstallationService.method.readInstallation
  const { data } = useQuery(
    read,
    {},
    { refetchInterval: ({ state }) => state.data?.demo?.state === DemoState.FILLING && askEveryMs },
  )
  const refresh = () => client.invalidateQueries()
  const fill = useMutation(InstallationService.method.fillDemo, { onSettled: refresh })
  const demo = data?.demo
  const done = demo?.state === DemoState.FILLED
  // The site is new to every list, and what was asked before is not so any more.
  useEffect(() => void (done && client.invalidateQueries()), [done, client])
  if (!demo || (untilThere && demo.siteId !== 0 && demo.state === DemoState.UNSPECIFIED)) return undefined
  const begin = (): void => fill.mutate({ timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone })
  return (
    <Panel title={words.title}>
      <div className="flex flex-col items-start gap-3 px-4 pt-1 pb-4">
        <p className="max-w-2xl text-[13px] text-muted">{words.note}</p>
        {demo.available ? (
          <Filling demo={demo} busy={fill.isPending} onFill={begin} />
        ) : (
          <>
            <p className="text-[13px]">{words.elsewhere}</p>
            <CodeBlock text="npm run simulate -- --days 30" label={words.title} />
          </>
        )}
        {fill.error && <Problem error={fill.error} />}
      </div>
    </Panel>
  )
}

function Filling({ demo, busy, onFill }: { demo: Demo; busy: boolean; onFill: () => void }) {
  const { state, share, accepted, siteId } = demo
  if (state === DemoState.FILLING) {
    return (
      <>
        <progress
          aria-label={words.progress}
          value={share}
          max={1}
          className="h-2 w-full max-w-md appearance-none overflow-hidden rounded-full bg-hover [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-hover [&::-webkit-progress-value]:bg-accent"
        />
        <p className="text-[13px]">{words.filling(formatShare(share), formatCount(accepted))}</p>
      </>
    )
  }
  const says = state === DemoState.FILLED ? words.filled(formatCount(accepted)) : siteId === 0 ? '' : words.there
  return (
    <>
      <p role="status" className="text-[13px] empty:hidden">
        {state === DemoState.FAILED ? words.failed : says}
      </p>
      <div className="flex flex-wrap items-center gap-3">
        {siteId !== 0 && (
          <Link
            to={'/overview' as never}
            search={{ site: String(siteId), period: '30d' } as never}
            className="text-[13px] text-accent-ink underline"
          >
            {words.open}
          </Link>
        )}
        {state !== DemoState.FILLED && (
          <Button
            kind={siteId === 0 ? 'strong' : 'plain'}
            icon="replay"
            disabled={busy}
            title={siteId === 0 ? undefined : words.againNote}
            onClick={onFill}
          >
            {siteId === 0 ? words.fill : words.again}
          </Button>
        )}
      </div>
    </>
  )
}
