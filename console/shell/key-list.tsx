import { Dialog } from '../parts/dialog.tsx'
import { words } from '../words/shell.ts'

/** Which key does what. */
export function KeyList({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={words.shortcuts.title} onClose={onClose}>
      <dl className="grid gap-x-8 gap-y-2 sm:grid-cols-2">
        {words.shortcuts.list.map(([key, what]) => (
          <div key={key} className="flex items-center justify-between gap-4 border-b border-line py-1.5">
            <dt>{what}</dt>
            <dd>
              <kbd className="rounded border border-line-strong bg-code px-1.5 py-0.5 font-mono text-xs">{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
