import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import type { Capture } from '../recording.ts'
import { captureClicks } from './clicks.ts'
import { captureFailures } from './failures.ts'
import { captureForms } from './forms.ts'
import { captureHovers } from './hovers.ts'
import { captureKeys } from './keys.ts'
import { captureScrolling } from './scrolling.ts'

/** What may be recorded by itself, by the names of the option `auto`. */
const captures: Readonly<Record<string, (into: Capture) => void>> = {
  click: captureClicks,
  scroll: captureScrolling,
  form: captureForms,
  hover: captureHovers,
  keydown: captureKeys,
  errors: captureFailures,
  vitals(into) {
    for (const measure of [onLCP, onINP, onCLS, onFCP, onTTFB]) {
      measure(({ name, value }) => void into.guard(() => into.record({ webVital: { name, value } })))
    }
  },
}

/** Records what visitors do by themselves, as far as these kinds say. */
export function capture(into: Capture, kinds: readonly string[]): void {
  for (const kind of kinds) {
    if (Object.hasOwn(captures, kind)) into.guard(() => captures[kind]?.(into))
  }
}
