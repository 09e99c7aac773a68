import { formatDays } from '../parts/formats.ts'
import { Choice, Popover } from '../parts/popover.tsx'
import { compareKinds } from '../view/compare.ts'
import { useChangeView, useLooking } from '../view/use-view.ts'
import { words } from '../words/shell.ts'

/** Chooses with what the period is compared. */
export function ComparePicker() {
  const { view, comparedDays } = useLooking()
  const { set } = useChangeView()
  const { kind, weekdays } = view.compare
  const days = comparedDays && formatDays(comparedDays.first, comparedDays.last)
  return (
    <Popover
      label={words.compare.label}
      align="right"
      trigger={<span className="text-muted">{days ? words.compare.against(days) : words.compare.off}</span>}
    >
      {(close) => (
        <>
          {compareKinds.map((one) => (
            <Choice
              key={one}
              chosen={one === kind}
              {...(one === 'none' && { hint: 'X' })}
              onChoose={() => {
                set({ compare: { kind: one, weekdays } })
                close()
              }}
            >
              {words.compare[one]}
            </Choice>
          ))}
          <label className="mt-1 flex items-center gap-2 border-t border-line px-2.5 py-2">
            <input
              type="checkbox"
              checked={weekdays}
              onChange={(event) => set({ compare: { kind, weekdays: event.target.checked } })}
            />
            {words.compare.weekdays}
          </label>
        </>
      )}
    </Popover>
  )
}
