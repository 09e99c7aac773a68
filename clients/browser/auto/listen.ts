import type { Capture } from '../recording.ts'

/** Listens before the page's own listeners, without holding any of them up. */
export function listen<N extends keyof WindowEventMap>(
  { guard }: Capture,
  names: readonly N[],
  act: (event: WindowEventMap[N]) => void,
): void {
  for (const name of names)
    addEventListener(name, (event) => void guard(() => act(event)), { capture: true, passive: true })
}

/** Runs when the page may be gone in a moment, before the core sends what there is. */
export function whenLeaving(into: Capture, act: () => void): void {
  listen(into, ['pagehide'], act)
  listen(into, ['visibilitychange' as never], () => document.visibilityState === 'hidden' && act())
}
