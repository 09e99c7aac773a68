import { IconButton } from '../parts/button.tsx'
import type { Screen } from '../screens/registry.ts'
import { words } from '../words/shell.ts'
import { ComparePicker } from './compare-picker.tsx'
import { AddFilter, FilterChips } from './filter-bar.tsx'
import type { Overlay } from './overlay.ts'
import { PeriodPicker } from './period-picker.tsx'
import { Share } from './share.tsx'
import { SitePicker } from './site-picker.tsx'
import { ZoneMark } from './zone-choice.tsx'

/** What is looked at: site, filters, period, comparison; only what the screen listens to. */
export function TopBar({
  screen,
  overlay,
  onOverlay,
}: {
  screen: Screen | undefined
  overlay: Overlay
  onOverlay: (overlay: Overlay) => void
}) {
  const controls = screen?.controls ?? []
  const opener = (name: Overlay) => ({
    open: overlay === name,
    onOpen: (open: boolean) => onOverlay(open ? name : undefined),
  })
  return (
    <header
      className={`no-print sticky top-0 z-20 border-b border-line bg-panel/95 backdrop-blur ${controls.length === 0 ? 'lg:hidden' : ''}`}
    >
      <div className="mx-auto flex min-h-14 max-w-[90rem] flex-wrap items-center gap-2 px-4 py-2.5 sm:px-6">
        <IconButton icon="menu" label={words.openMenu} className="lg:hidden" onClick={() => onOverlay('menu')} />
        {controls.includes('site') && <SitePicker />}
        {controls.includes('filters') && <AddFilter {...opener('filter')} />}
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {controls.includes('period') && <ZoneMark />}
          {controls.includes('period') && <PeriodPicker {...opener('period')} />}
          {controls.includes('compare') && <ComparePicker />}
          <Share screen={screen} />
        </div>
      </div>
      {controls.includes('filters') && <FilterChips />}
    </header>
  )
}
