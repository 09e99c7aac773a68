import { useState } from 'react'
import { Button, IconButton } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { formatDays } from '../parts/formats.ts'
import { Icon } from '../parts/icon.tsx'
import { Choice, Popover } from '../parts/popover.tsx'
import { type PeriodKind, stepPeriod } from '../view/period.ts'
import { useChangeView, useLooking } from '../view/use-view.ts'
import { words } from '../words/shell.ts'
import { ZoneChoice } from './zone-choice.tsx'

const presets: readonly { readonly kind: PeriodKind; readonly key?: string }[] = [
  { kind: 'day', key: 'D' },
  { kind: 'yesterday', key: 'E' },
  { kind: '7d', key: 'W' },
  { kind: '30d', key: 'T' },
  { kind: 'month', key: 'M' },
  { kind: 'year', key: 'Y' },
  { kind: '12m' },
]

/** Chooses the period: presets, days of one's own, and arrows to the one before and after. */
export function PeriodPicker({ open, onOpen }: { open: boolean; onOpen: (open: boolean) => void }) {
  const { view, days, today } = useLooking()
  const { set } = useChangeView()
  const step = (by: 1 | -1): void => set({ period: stepPeriod(view.period, { by, today }) })
  const plain = view.period.date === undefined && view.period.kind !== 'custom'
  return (
    <div className="flex items-center">
      <IconButton icon="left" label={words.period.before} onClick={() => step(-1)} />
      <Popover
        label={words.period.label}
        align="right"
        open={open}
        onOpen={onOpen}
        trigger={
          <>
            <Icon name="calendar" size={14} />
            {plain ? words.period.names[view.period.kind] : formatDays(days.first, days.last)}
          </>
        }
      >
        {(close) => <Presets close={close} />}
      </Popover>
      <IconButton icon="right" label={words.period.after} disabled={days.last >= today} onClick={() => step(1)} />
    </div>
  )
}

function Presets({ close }: { close: () => void }) {
  const { view, days, today } = useLooking()
  const { set } = useChangeView()
  const [first, setFirst] = useState<string>(days.first)
  const [last, setLast] = useState<string>([days.last, today].toSorted()[0] ?? today)
  return (
    <div className="w-72">
      {presets.map(({ kind, key }) => (
        <Choice
          key={kind}
          chosen={view.period.kind === kind && view.period.date === undefined}
          {...(key && { hint: key })}
          onChoose={() => {
            set({ period: { kind } })
            close()
          }}
        >
          {words.period.names[kind]}
        </Choice>
      ))}
      <ZoneChoice />
      <form
        aria-label={words.period.customTitle}
        className="mt-1 grid grid-cols-2 gap-2 border-t border-line p-2"
        onSubmit={(event) => {
          event.preventDefault()
          set({ period: { kind: 'custom', first, last } })
          close()
        }}
      >
        <Field
          label={words.period.from}
          type="date"
          value={first}
          max={last}
          onChange={(event) => setFirst(event.target.value)}
        />
        <Field
          label={words.period.to}
          type="date"
          value={last}
          min={first}
          onChange={(event) => setLast(event.target.value)}
        />
        <Button
          type="submit"
          kind="strong"
          className="col-span-2 justify-center"
          disabled={!first || !last || first > last}
        >
          {words.period.apply}
        </Button>
      </form>
    </div>
  )
}
