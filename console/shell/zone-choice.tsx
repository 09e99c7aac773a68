import { Select } from '../parts/field.tsx'
import { useZones } from '../view/sites.ts'
import { useChangeView, useLooking } from '../view/use-view.ts'
import { words } from '../words/shell.ts'

/** Whose days are shown; where sites lie in several time zones, which of them is chosen. */
export function ZoneChoice() {
  const { view, zone } = useLooking()
  const { set } = useChangeView()
  const zones = useZones(view.siteId)
  if (zones.length < 2) return <p className="px-2 pt-2 text-xs text-muted">{words.period.daysOf(zone)}</p>
  return (
    <div className="flex flex-col gap-1 px-2 pt-2">
      <Select
        label={words.period.zone}
        value={zone}
        options={zones.map((value) => ({ value, name: value }))}
        onChoose={(chosen) => set({ zone: chosen })}
      />
      <p className="text-xs text-muted">{words.period.zoneNote}</p>
    </div>
  )
}

/** Says it beside the period where nobody would guess it. */
export function ZoneMark() {
  const { view, zone } = useLooking()
  if (useZones(view.siteId).length < 2) return undefined
  return (
    <span className="text-xs whitespace-nowrap text-muted" title={words.period.zoneNote}>
      {words.period.daysOf(zone)}
    </span>
  )
}
