import type { ReactNode } from 'react'

/** A framed part of a screen. */
export function Panel({
  title,
  actions,
  children,
  label,
  className = '',
}: {
  title?: ReactNode
  actions?: ReactNode
  children: ReactNode
  /** What the part is called where it shows no title. */
  label?: string
  className?: string
}) {
  return (
    <section
      aria-label={label ?? (typeof title === 'string' ? title : undefined)}
      className={`rounded-lg border border-line bg-panel ${className}`}
    >
      {(title || actions) && (
        <header className="flex min-h-11 flex-wrap items-center justify-between gap-2 px-4 pt-2">
          <h2 className="text-[13px] font-semibold">{title}</h2>
          {actions && <div className="no-print flex items-center gap-1">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  )
}

/** The head of a screen: its name, what it is for, and what can be done on it. */
export function ScreenHead({ title, note, actions }: { title: string; note?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
      <div className="min-w-0">
        <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
        {note && <p className="max-w-2xl text-[13px] text-muted">{note}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  )
}
