import { useEffect } from 'react'
import type { Screen } from '../screens/registry.ts'
import { type PeriodKind, stepPeriod } from '../view/period.ts'
import { useChangeView, useLooking } from '../view/use-view.ts'
import type { Overlay } from './overlay.ts'

const periods: Readonly<Record<string, PeriodKind>> = {
  d: 'day',
  e: 'yesterday',
  w: '7d',
  t: '30d',
  m: 'month',
  y: 'year',
}

/** Keys of the whole console. They rest while somebody types or a dialogue is open. */
export function useShortcuts(open: (overlay: Overlay) => void, screen: Screen | undefined): void {
  const { view, today } = useLooking()
  const { set } = useChangeView()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const key = event.key.toLowerCase()
      if ((event.metaKey || event.ctrlKey) && key === 'k') {
        event.preventDefault()
        open('palette')
        return
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTaken(event)) return
      const act = actionOf(key)
      if (!act) return
      event.preventDefault()
      act()
    }
    const actionOf = (key: string): (() => void) | undefined => {
      if (key === '/') return () => open('palette')
      if (key === '?') return () => open('keys')
      if (screen?.controls.includes('period')) {
        const kind = periods[key]
        if (kind) return () => set({ period: { kind } })
        if (key === 'c') return () => open('period')
        if (key === 'arrowleft') return () => set({ period: stepPeriod(view.period, { by: -1, today }) })
        if (key === 'arrowright') return () => set({ period: stepPeriod(view.period, { by: 1, today }) })
      }
      if (key === 'x' && screen?.controls.includes('compare')) {
        return () => set({ compare: { ...view.compare, kind: view.compare.kind === 'none' ? 'previous' : 'none' } })
      }
      if (!screen?.controls.includes('filters')) return undefined
      if (key === 'f') return () => open('filter')
      return key === 'escape' && view.filters.length > 0 ? () => set({ filters: [] }) : undefined
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
}

/** Whether the key belongs to a field, a widget that moves by arrows, or an open dialogue. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return true
  if (!(target instanceof HTMLElement)) return false
  if (target.matches('input, textarea, select, [contenteditable]')) return true
  return key.startsWith('Arrow') && target.closest('[data-arrows], section[tabindex], pre') !== null
}
