import { type ComponentProps, type ReactNode, useId } from 'react'

const look =
  'h-9 w-full rounded-md border border-line-strong bg-panel px-2.5 text-ink placeholder:text-muted disabled:opacity-60'

/** A field with its name above and, if wanted, a hint below. */
export function Field({ label, hint, ...rest }: ComponentProps<'input'> & { label: string; hint?: ReactNode }) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} className={look} {...rest} />
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}

/** A field of which one of several is chosen. */
export function Select<T extends string>({
  label,
  value,
  options,
  onChoose,
}: {
  label: string
  value: T
  options: readonly { readonly value: T; readonly name: string }[]
  onChoose: (value: T) => void
}) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      <select id={id} className={look} value={value} onChange={(event) => onChoose(event.target.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
    </div>
  )
}

/** A field to search in what is there. */
export function SearchField({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (text: string) => void
}) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={look}
    />
  )
}

/** A field of several lines. */
export function Area({
  label,
  hint,
  mono = false,
  ...rest
}: ComponentProps<'textarea'> & { label: string; hint?: ReactNode; mono?: boolean }) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={3}
        spellCheck={false}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className={`${look} h-auto py-2 ${mono ? 'font-mono text-xs leading-5' : ''}`}
        {...rest}
      />
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}

/** A box to tick. */
export function Tick({ label, ...rest }: ComponentProps<'input'> & { label: string }) {
  return (
    <label className="flex items-center gap-2">
      <input type="checkbox" className="size-4 accent-(--accent)" {...rest} />
      {label}
    </label>
  )
}
