import type { ElementText } from '../event.ts'

const interactive =
  'a,button,input,select,textarea,summary,label,[role=button],[role=link],[role=menuitem],[role=tab],[role=checkbox],' +
  '[role=switch],[role=option],[onclick],[data-userflow-event]'
const fields = 'input,select,textarea,option,[contenteditable],script,style,[data-userflow-ignore]'
const editable = '[contenteditable]'
const ignored = '[data-userflow-ignore]'
const mostText = 100
const mostLevels = 4

/** The innermost element an input event met, also inside an open shadow tree; undefined where the page wants no record. */
export function targetOf(event: Event): Element | undefined {
  const path = event.composedPath().filter((one): one is Element => one instanceof Element)
  return path.some((one) => one.matches(ignored)) ? undefined : path[0]
}

/** The nearest element one can do something with. */
export const interactiveOf = (element: Element): Element | undefined => element.closest(interactive) ?? undefined

/** An element in words. Text only where `speaks`: what stands in a plain element may be anybody's. */
export const described = (element: Element, speaks = true): ElementText => ({
  selector: selectorOf(element),
  text: (speaks && labelOf(element)) || undefined,
  type: kindOf(element),
})

/** "input:email", "a", "button". */
const kindOf = (element: Element): string => {
  const tag = element.localName
  // By attribute: in a form the property may be one of its fields.
  const type = tag === 'input' ? element.getAttribute('type') : ''
  return (type ? `${tag}:${type}` : tag).slice(0, mostText)
}

/** What one reads on it: its text, else its name for those who cannot see. Never what was typed or chosen. */
function labelOf(element: Element): string {
  const text = element.matches(fields) || element.closest(editable) ? '' : textOf(element, mostText * 4)
  const label =
    text.replace(/\s+/g, ' ').trim() || element.getAttribute('aria-label') || element.getAttribute('title') || ''
  return label.slice(0, mostText)
}

function textOf(node: Node, most: number): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? ''
  if (node instanceof HTMLImageElement) return node.alt
  let text = ''
  for (let child = node.firstChild; child && text.length < most; child = child.nextSibling) {
    const hidden = child instanceof Element && (child.matches(fields) || child.checkVisibility?.() === false)
    if (!hidden) text += textOf(child, most - text.length) + (child instanceof Element ? ' ' : '')
  }
  return text
}

/** A short selector that lasts: it ends at an id, and leaves out names that look made by a tool. */
export function selectorOf(element: Element): string {
  const steps: string[] = []
  for (let at: Element | null = element; at && steps.length < mostLevels; at = at.parentElement) {
    const { step, ends } = stepOf(at)
    steps.unshift(step)
    if (ends) break
  }
  return steps.join(' > ')
}

function stepOf(element: Element): { step: string; ends: boolean } {
  const id = element.getAttribute('id') ?? ''
  if (isLasting(id)) return { step: `#${id}`, ends: true }
  const tag = element.localName
  const test = element.getAttribute('data-testid') ?? ''
  if (isLasting(test)) return { step: `${tag}[data-testid="${test}"]`, ends: true }
  const names = [...element.classList].filter(isLasting).slice(0, 2)
  const twins = [...(element.parentElement?.children ?? [])].filter(({ localName }) => localName === tag)
  const place = twins.length > 1 ? `:nth-of-type(${twins.indexOf(element) + 1})` : ''
  return { step: [tag, ...names].join('.') + place, ends: tag === 'body' }
}

/** Names of people's making: letters, words, single digits; no counters and no hashes at their end. */
export const isLasting = (name: string): boolean =>
  name.length < 40 &&
  /^[a-z](?:[a-z_-]|\d(?!\d))*$/i.test(name) &&
  !/^(css|sc|jsx|svelte)-|_[a-z]*[A-Z\d]\w*$/.test(name)

/** An address without what follows "?" and "#", which may hold what somebody typed; empty if it is no place to go to. */
export function plainAddress(text: string): string {
  if (!URL.canParse(text, location.href)) return ''
  const { protocol, host, pathname } = new URL(text, location.href)
  if (/^https?:$/.test(protocol)) return `${protocol}//${host}${pathname}`
  return /^(mailto|tel):$/.test(protocol) ? protocol : ''
}
