import { useSyncExternalStore } from 'react'

/** How the console looks; `system` follows the machine. */
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'userflow-theme'
const listeners = new Set<() => void>()
const prefersDark = matchMedia('(prefers-color-scheme: dark)')
/** Paper is white, and a chart is drawn anew for it. */
const prints = matchMedia('print')

const chosen = (): Theme => themes.find((one) => one === localStorage.getItem(key)) ?? 'system'

function apply(): void {
  const theme = chosen()
  const dark = theme === 'dark' || (theme === 'system' && prefersDark.matches)
  document.documentElement.dataset.theme = dark && !prints.matches ? 'dark' : 'light'
  for (const listener of listeners) listener()
}

/** Keeps the choice in this browser and shows it at once. */
export function chooseTheme(theme: Theme): void {
  localStorage.setItem(key, theme)
  apply()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

prefersDark.addEventListener('change', apply)
prints.addEventListener('change', apply)
addEventListener('storage', apply)

/** What was chosen, and what shows. */
export function useTheme(): { theme: Theme; shown: 'light' | 'dark' } {
  const theme = useSyncExternalStore(subscribe, chosen)
  const shown = useSyncExternalStore(subscribe, () => document.documentElement.dataset.theme ?? 'light')
  return { theme, shown: shown === 'dark' ? 'dark' : 'light' }
}
