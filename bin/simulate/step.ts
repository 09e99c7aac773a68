import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf'
import { type EventSchema, KeyCategory } from '../../proto/gen/userflow/v1/event_pb.ts'
import type { Random } from './random.ts'
import { origin, type SitePage } from './site.ts'
import type { Visitor } from './visitor.ts'

/** What was done, as `create(EventSchema)` takes it. */
export type Action = NonNullable<MessageInitShape<typeof EventSchema>['action']>

/** One thing done in a visit. */
export interface Step {
  /** Since the step before. */
  readonly afterMs: number
  readonly page: SitePage
  readonly action: Action
  readonly properties?: JsonObject
}

/** A team's own event. */
export const custom = (page: SitePage, name: string, properties: JsonObject): Step => ({
  afterMs: 40,
  page,
  action: { case: 'custom', value: { name } },
  properties,
})

/** Near where the element stands, which is the same place on every page; a narrow window shows it narrower, not elsewhere. */
const near = ({ random, browser }: Visitor, selector: string) => {
  let hash = 7
  for (const character of selector) hash = (hash * 31 + character.charCodeAt(0)) % 9_973
  const scatter = (most: number): number => Math.round((random.next() + random.next() - 1) * most)
  const [width, height] = browser.viewport
  const x = Math.round(width * (0.15 + (0.7 * (hash % 97)) / 97)) + scatter(40)
  return { x: Math.max(0, Math.min(width - 1, x)), y: Math.max(0, 120 + (hash % (2 * height)) + scatter(18)) }
}

/** A click on a link or button. */
export function click(visitor: Visitor, page: SitePage, to: { selector: string; text: string; path?: string }): Step {
  const type = to.path === undefined ? 'button' : 'a'
  const element = { selector: to.selector, text: to.text, type }
  const targetUrl = to.path === undefined ? '' : origin + to.path
  return {
    afterMs: thinking(visitor.random),
    page,
    action: { case: 'click', value: { element, position: near(visitor, to.selector), targetUrl } },
  }
}

/** Scrolling to a depth. */
export function scroll(visitor: Visitor, page: SitePage, depthPercent: number): Step {
  return {
    afterMs: thinking(visitor.random),
    page,
    action: { case: 'scroll', value: { depthPercent, position: { x: 0, y: depthPercent * 30 } } },
  }
}

/** The pointer resting on something. */
export function hover(visitor: Visitor, page: SitePage): Step {
  const element = { selector: '.card img', text: '', type: 'img' }
  const durationMs = visitor.random.whole(300, 4_000)
  return {
    afterMs: thinking(visitor.random),
    page,
    action: { case: 'hover', value: { element, position: near(visitor, element.selector), durationMs } },
  }
}

/** Somebody who clicks again and again on what does not answer. */
export function* rage(visitor: Visitor, page: SitePage): Generator<Step> {
  const to = { selector: '#play-video', text: 'Watch the video' }
  yield click(visitor, page, to)
  for (let more = visitor.random.whole(2, 5); more > 0; more--) {
    yield { ...click(visitor, page, to), afterMs: visitor.random.whole(120, 320) }
  }
}

/** A script of the page fails, as the tracker tells it. */
export const fail = ({ random }: Visitor, page: SitePage): Step => {
  const [message, file, line] = random.pick([
    ['TypeError: basket is undefined', '/assets/basket.js', 118],
    ['Failed to fetch', '/assets/reviews.js', 42],
    ['ResizeObserver loop limit exceeded', '/assets/shop.js', 9],
  ] as const)
  return custom(page, 'error', { message, file: origin + file, line })
}

/** A form comes into sight. */
export const seeForm = (page: SitePage, form: string): Step => custom(page, 'form_view', { form: `#${form}` })

/** A form is begun: the first key, then more. */
export function* beginForm(visitor: Visitor, page: SitePage, form: string): Generator<Step> {
  const { random } = visitor
  const element = { selector: `#${form} input`, text: '', type: 'input' }
  yield { ...custom(page, 'form_start', { form: `#${form}` }), afterMs: thinking(random) }
  const category = KeyCategory.CHARACTER
  yield {
    afterMs: random.whole(2_000, 20_000),
    page,
    action: { case: 'keydown', value: { element, category, count: random.whole(8, 40) } },
  }
  if (random.chance(0.4)) {
    yield {
      afterMs: 800,
      page,
      action: { case: 'keydown', value: { element, category: KeyCategory.DELETE, count: 2 } },
    }
  }
}

/** A form filled in and sent: keys first, then the submit, which says how long that took. */
export function* fillForm(visitor: Visitor, page: SitePage, form: string): Generator<Step> {
  let durationMs = 0
  for (const [at, step] of [...beginForm(visitor, page, form)].entries()) {
    if (at > 0) durationMs += step.afterMs
    yield step
  }
  const afterMs = visitor.random.whole(2_000, 20_000)
  durationMs += afterMs
  const submit = { selector: `#${form}`, text: '', type: 'form' }
  yield {
    afterMs,
    page,
    action: { case: 'formSubmit', value: { element: submit, targetUrl: origin + page.path, durationMs } },
  }
}

/** A page shown, with its speed on the visit's first page. */
export function* showPage(visitor: Visitor, page: SitePage, first: boolean): Generator<Step> {
  const { random } = visitor
  const loadMs = Math.round(250 + random.exponential(900))
  yield { afterMs: first ? 0 : 300, page, action: { case: 'pageView', value: { loadMs } } }
  if (!first) return
  const vitals = [
    ['TTFB', loadMs * 0.2],
    ['FCP', loadMs * 0.6],
    ['LCP', loadMs * (0.9 + random.next())],
    ['INP', 40 + random.exponential(110)],
    ['CLS', random.exponential(0.05)],
  ] as const
  for (const [name, value] of vitals) {
    yield { afterMs: 20, page, action: { case: 'webVital', value: { name, value: Math.round(value * 1000) / 1000 } } }
  }
}

/** How long someone looks before doing something: half under 5 s, few over half a minute. */
export const thinking = (random: Random): number => Math.round(700 + random.exponential(6_500))
