import { formatDays } from '../parts/formats.ts'
import type { Screen } from '../screens/registry.ts'
import { useSites } from '../view/sites.ts'
import { useLooking } from '../view/use-view.ts'
import { conditionWords } from '../words/conditions.ts'
import { words } from '../words/shell.ts'

/** On paper only: what is looked at, since the bar that says it on the screen is not printed. */
export function PrintHead({ screen }: { screen: Screen | undefined }) {
  const { view, days, zone } = useLooking()
  const sites = useSites()
  const controls = screen?.controls ?? []
  const site = sites.find(({ siteId }) => siteId === view.siteId)?.name ?? words.allSites
  const parts = [
    words.product,
    ...(controls.includes('site') ? [site] : []),
    ...(controls.includes('period') ? [formatDays(days.first, days.last), words.period.daysOf(zone)] : []),
    ...(controls.includes('filters') ? view.filters.map(conditionWords) : []),
  ]
  return (
    <p className="mb-4 hidden border-b border-line pb-2 text-xs text-muted print:block">
      <bdi>{parts.join(' · ')}</bdi>
    </p>
  )
}
