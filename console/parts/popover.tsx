import { type ReactNode, useEffect, useId, useRef, useState } from 'react'

/** A button that opens a small box below it. Escape, a click elsewhere and leaving it by Tab close it. */
export function Popover({
  trigger,
  label,
  align = 'left',
  children,
  className = '',
  open: given,
  onOpen,
}: {
  trigger: ReactNode
  label: string
  align?: 'left' | 'right'
  children: (close: () => void) => ReactNode
  className?: string
  /** Opened from elsewhere, such as by a key. */
  open?: boolean
  onOpen?: (open: boolean) => void
}) {
  const [own, setOwn] = useState(false)
  const open = given ?? own
  const setOpen = (value: boolean): void => {
    setOwn(value)
    onOpen?.(value)
  }
  const id = useId()
  const ref = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useOutside(ref, { open, close: () => setOpen(false) })
  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape comes up from the button and the box
    <div
      ref={ref}
      className="relative"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && open) {
          event.stopPropagation()
          close()
        }
      }}
    >
      <button
        ref={button}
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        className={`inline-flex h-8 max-w-full items-center gap-1.5 rounded-md border border-line bg-panel px-2.5 whitespace-nowrap hover:bg-hover ${className}`}
      >
        <span className="sr-only">{label}: </span>
        {trigger}
      </button>
      {open && (
        <div
          id={id}
          className={`absolute top-full z-30 mt-1 min-w-52 rounded-lg border border-line bg-raised p-1 shadow-lg ${align === 'right' ? 'right-0' : 'left-0'}`}
        >
          {children(close)}
        </div>
      )}
    </div>
  )
}

function useOutside(ref: { readonly current: HTMLElement | null }, state: { open: boolean; close: () => void }): void {
  const { open, close } = state
  useEffect(() => {
    if (!open) return
    const onAnywhere = (event: Event): void => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) close()
    }
    document.addEventListener('pointerdown', onAnywhere)
    document.addEventListener('focusin', onAnywhere)
    return () => {
      document.removeEventListener('pointerdown', onAnywhere)
      document.removeEventListener('focusin', onAnywhere)
    }
  })
}

/** A line of such a box. */
export function Choice({
  children,
  chosen = false,
  hint,
  onChoose,
}: {
  children: ReactNode
  chosen?: boolean
  /** The key that does the same. */
  hint?: string
  onChoose: () => void
}) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onChoose}
      className="flex w-full items-center justify-between gap-6 rounded-md px-2.5 py-1.5 text-left hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:text-accent-ink"
    >
      <span className="min-w-0 truncate">{children}</span>
      {hint && <kbd className="rounded border border-line px-1 font-mono text-[11px] text-muted">{hint}</kbd>}
    </button>
  )
}
