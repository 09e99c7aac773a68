import { ConnectError } from '@connectrpc/connect'
import type { ReactNode } from 'react'
import { words } from '../words/parts.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

/** Lines that stand where an answer will: as many and as high, so that nothing moves when it comes. */
export function SkeletonRows({ rows = 8, height = 32 }: { rows?: number; height?: number }) {
  return (
    <div aria-busy="true" role="status" className="flex flex-col gap-px">
      <span className="sr-only">{words.loading}</span>
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <div key={at} className="flex items-center" style={{ height }}>
          <div className="skeleton h-3" style={{ width: `${70 - ((at * 17) % 45)}%` }} />
        </div>
      ))}
    </div>
  )
}

/** Stands where a chart will, and is as high with its margin: one outside would fold into that of its neighbour. */
export function SkeletonChart({ height }: { height: number }) {
  return (
    <div className="p-1" style={{ height }}>
      <div className="skeleton h-full" />
    </div>
  )
}

/** What to say where there is nothing to show. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center justify-center gap-1 px-6 py-10 text-center">
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-md text-[13px] text-muted">{children}</div>}
    </div>
  )
}

/** What went wrong, in the gateway's own words, and how to try again. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { rawMessage } = ConnectError.from(error)
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 rounded-md bg-down-soft px-3 py-2 text-[13px] text-down"
    >
      <Icon name="alert" />
      <span className="min-w-0 flex-1 break-words">{rawMessage || words.unknownProblem}</span>
      {onRetry && (
        <Button kind="plain" onClick={onRetry}>
          {words.retry}
        </Button>
      )}
    </div>
  )
}
