import type { ReactNode } from 'react'

/** A number with its name. */
export interface Figure {
  readonly name: string
  /** Absent: it is on its way. */
  readonly value: ReactNode
  readonly note?: string
  /** Where more of it is shown, on another page; absent: nowhere. */
  readonly more?: { readonly address: string; readonly label: string } | undefined
}

/** Numbers side by side, as many in a row as there is room for. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 px-4 pt-2 pb-4 sm:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))]">
      {figures.map(({ name, value, note, more }) => (
        <div key={name} className="min-w-0">
          <dt className="text-[13px] text-muted">{name}</dt>
          <dd data-figure={name} className="h-8 text-xl font-semibold tracking-tight">
            {value ?? <span className="skeleton mt-1 inline-block h-6 w-16" />}
          </dd>
          {note && <dd className="text-xs text-muted">{note}</dd>}
          {more && (
            <dd className="no-print text-xs">
              <a href={more.address} target="_blank" rel="noreferrer" className="text-accent-ink underline">
                {more.label}
                <span className="sr-only"> {name}</span>
              </a>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}
