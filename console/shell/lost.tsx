import { Link } from '@tanstack/react-router'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/states.tsx'
import { words } from '../words/shell.ts'

/** Shown for an address without a screen. */
export function Lost({ title = words.lost.title }: { title?: string }) {
  return (
    <Empty title={title}>
      <Link to={'/overview' as never} className="text-accent-ink hover:underline">
        {words.lost.back}
      </Link>
    </Empty>
  )
}

/** Shown instead of a screen that has failed; the others go on. */
export function Broken({ error }: { error: unknown }) {
  const message = error instanceof Error ? error.message : String(error)
  return (
    <div role="alert">
      <Empty title={words.broken.title}>
        <p>{words.broken.note}</p>
        <p className="my-3 font-mono text-xs break-words">{message}</p>
        <Button onClick={() => location.reload()}>{words.broken.reload}</Button>
      </Empty>
    </div>
  )
}
