import type { ComponentProps, ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

const kinds = {
  plain: 'border border-line bg-panel text-ink hover:bg-hover',
  strong: 'bg-accent text-on-accent border border-transparent hover:opacity-90 font-medium',
  quiet: 'border border-transparent text-muted hover:text-ink hover:bg-hover',
  danger: 'border border-line bg-panel text-down hover:bg-down-soft',
} as const

type ButtonProps = ComponentProps<'button'> & { kind?: keyof typeof kinds; icon?: IconName; children?: ReactNode }

/** A button with words, and a drawing before them if wanted. */
export function Button({ kind = 'plain', icon, children, className = '', ...rest }: ButtonProps) {
  const look = `inline-flex h-8 items-center gap-1.5 rounded-md px-2.5 whitespace-nowrap disabled:opacity-50 ${kinds[kind]}`
  return (
    <button type="button" className={`${look} ${className}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

type IconButtonProps = ComponentProps<'button'> & { icon: IconName; label: string; kind?: keyof typeof kinds }

/** A button with a drawing only; `label` is what it is called. */
export function IconButton({ icon, label, kind = 'quiet', className = '', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex size-8 items-center justify-center rounded-md disabled:opacity-40 ${kinds[kind]} ${className}`}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  )
}

/** Choices of which one holds, side by side. */
export function Choices<T extends string>({
  label,
  options,
  chosen,
  onChoose,
}: {
  label: string
  options: readonly { readonly value: T; readonly name: string }[]
  chosen: T
  onChoose: (value: T) => void
}) {
  return (
    <fieldset className="inline-flex max-w-full flex-wrap gap-0.5 rounded-md bg-hover p-0.5" aria-label={label}>
      {options.map(({ value, name }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
          // On paper only what holds is of use.
          className="h-6 rounded px-2 text-[13px] text-muted hover:text-ink aria-pressed:bg-chip aria-pressed:font-medium aria-pressed:text-ink aria-pressed:shadow-sm not-aria-pressed:print:hidden"
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}
