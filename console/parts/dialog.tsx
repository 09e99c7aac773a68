import { type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { words } from '../words/parts.ts'
import { IconButton } from './button.tsx'

const shapes = {
  middle: 'm-auto w-[min(40rem,calc(100vw-1.5rem))] max-h-[85vh] rounded-xl',
  wide: 'm-auto w-[min(64rem,calc(100vw-1.5rem))] max-h-[88vh] rounded-xl',
  side: 'ml-auto mr-0 my-0 h-dvh max-h-none w-[min(36rem,100vw)] border-l',
  menu: 'ml-0 mr-auto my-0 h-dvh max-h-none w-[min(16rem,85vw)] border-r',
} as const

/** A dialogue over the screen. Escape, the cross and a click beside it close it; the browser keeps the focus inside. */
export function Dialog({
  title,
  shape = 'middle',
  bare = false,
  onClose,
  children,
}: {
  title: string
  shape?: keyof typeof shapes
  /** Without head and padding; the title is only said. */
  bare?: boolean
  onClose: () => void
  children: ReactNode
}) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = ref.current
    if (dialog && !dialog.open) {
      dialog.showModal()
      // The browser would choose the cross, which comes first.
      dialog.querySelector<HTMLElement>('input:not([type=hidden], [type=checkbox]), textarea')?.focus()
    }
    return () => dialog?.close()
  }, [])
  const closeBeside = (event: MouseEvent): void => {
    if (event.target === ref.current) onClose()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, which the browser does by itself
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClick={closeBeside}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      className={`border border-line bg-raised p-0 text-ink shadow-2xl backdrop:bg-black/40 ${shapes[shape]}`}
    >
      <div className={`flex h-full max-h-[inherit] flex-col ${bare ? '' : 'min-h-32'}`}>
        {bare ? (
          <h2 id={id} className="sr-only">
            {title}
          </h2>
        ) : (
          <div className="flex items-center justify-between gap-4 border-b border-line py-2.5 pr-2 pl-5">
            <h2 id={id} className="min-w-0 truncate font-semibold">
              {title}
            </h2>
            <IconButton icon="close" label={words.close} onClick={onClose} />
          </div>
        )}
        <div className={`min-h-0 flex-1 overflow-auto ${bare ? '' : 'p-5'}`}>{children}</div>
      </div>
    </dialog>
  )
}
