import type { Capture } from '../recording.ts'
import { recordNamed } from './clicks.ts'
import { described, plainAddress, targetOf } from './elements.ts'
import { listen } from './listen.ts'

const ignored = '[data-userflow-ignore]'
/** Scripts add forms in pieces. */
const settleMs = 500

/** Records forms that come into sight, are begun and are sent. Of what is typed nothing is ever read. */
export function captureForms(into: Capture): void {
  const begun = new WeakMap<Element, number>()
  watchForms(into)
  listen(into, ['input'], (event) => {
    const form = targetOf(event)?.closest('form')
    if (!form || begun.has(form)) return
    begun.set(form, performance.now())
    into.record({ custom: { name: 'form_start' } }, propertiesOf(form))
  })
  listen(into, ['submit'], (event) => {
    const form = targetOf(event)
    if (!form) return
    const startMs = begun.get(form)
    begun.delete(form)
    into.record({
      formSubmit: {
        element: described(form, false),
        targetUrl: plainAddress(form.getAttribute('action') ?? '') || undefined,
        durationMs: startMs === undefined ? 0 : Math.round(performance.now() - startMs),
      },
    })
    recordNamed(into, form)
  })
}

const propertiesOf = (form: Element): object => ({ form: described(form, false).selector })

/** Tells each form once when half of it, or of the window, shows it; forms that come later too. */
function watchForms(into: Capture): void {
  const known = new WeakSet<Element>()
  const sight = new IntersectionObserver(
    (entries) =>
      into.guard(() => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting) continue
          sight.unobserve(target)
          into.record({ custom: { name: 'form_view' } }, propertiesOf(target))
        }
      }),
    { threshold: 0.1 },
  )
  const look = (): void => {
    for (const form of document.querySelectorAll('form')) {
      if (known.has(form) || form.closest(ignored)) continue
      known.add(form)
      sight.observe(form)
    }
  }
  let waits = false
  new MutationObserver(() => {
    if (waits) return
    waits = true
    setTimeout(() => {
      waits = false
      into.guard(look)
    }, settleMs)
  }).observe(document, { childList: true, subtree: true })
  look()
}
