import { timestampMs } from '@bufbuild/protobuf/wkt'
import { lazy, Suspense } from 'react'
import type { AnswerMeta } from '../../proto/gen/userflow/v1/question_pb.ts'
import { useLink } from '../session/session-context.tsx'
import { textOf } from '../view/search.ts'
import { useAddress } from '../view/use-view.ts'
import { words } from '../words/parts.ts'
import { Button, IconButton } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { formatTime } from './formats.ts'
import type { Source } from './source.ts'
import { SkeletonRows } from './states.tsx'

const BehindContent = lazy(() =>
  import('./behind-content.tsx').then(({ BehindContent }) => ({ default: BehindContent })),
)

/** The button at a number that opens who is behind it, the SQL and the same question for a terminal; not with a shared link. */
export function Behind({ source, name }: { source: Source; name?: string }) {
  const { search, change } = useAddress()
  const open = textOf(search, 'behind') === source.id
  const linked = useLink() !== undefined
  const close = (): void => change({ behind: undefined, show: undefined }, { replace: true })
  if (linked) return undefined
  return (
    <>
      {name ? (
        <Button
          kind="quiet"
          icon="code"
          title={words.behind.open(source.title)}
          className="no-print text-[13px]"
          onClick={() => change({ behind: source.id })}
        >
          {name}
        </Button>
      ) : (
        <IconButton
          icon="code"
          label={words.behind.open(source.title)}
          className="no-print"
          onClick={() => change({ behind: source.id })}
        />
      )}
      {open && (
        <Dialog title={words.behind.title(source.title)} shape="side" onClose={close}>
          <Suspense fallback={<SkeletonRows />}>
            <BehindContent source={source} />
          </Suspense>
        </Dialog>
      )}
    </>
  )
}

/** "complete to 14:03:20": every event received before is in the answer. */
export function CompleteTo({ meta, zone }: { meta: AnswerMeta | undefined; zone: string }) {
  if (!meta) return <span className="inline-block h-4 w-32" />
  const { completeTo } = meta
  return (
    <span className="text-xs whitespace-nowrap text-muted" title={zone}>
      {completeTo ? words.completeTo(formatTime(timestampMs(completeTo), zone)) : words.completeUnknown}
    </span>
  )
}
