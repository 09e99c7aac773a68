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

const somewhere = (visitor: Visitor) => ({
  x: visitor.random.whole(0, visitor.browser.viewport[0] - 1),
  y: visitor.random.whole(0, 3 * visitor.browser.viewport[1]),
})

/** A click on a link or button. */
export function click(visitor: Visitor, page: SitePage, to: { selector: string; text: string; path?: string }): Step {
  const type = to.path === undefined ? 'button' : 'a'
  const element = { selector: to.selector, text: to.text, type }
  const targetUrl = to.path === undefined ? '' : origin + to.path
  return {
    afterMs: thinking(visitor.random),
    page,
    action: { case: 'click', value: { element, position: somewhere(visitor), targetUrl } },
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
    action: { case: 'hover', value: { element, position: somewhere(visitor), durationMs } },
  }
}

/** A form filled in and sent: keys first, then the submit. */
export function* fillForm(visitor: Visitor, page: SitePage, form: string): Generator<Step> {
  const { random } = visitor
  const element = { selector: `#${form} input`, text: '', type: 'input' }
  const durationMs = random.whole(4_000, 40_000)
  const category = KeyCategory.CHARACTER
  yield {
    afterMs: durationMs / 2,
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
  const submit = { selector: `#${form}`, text: '', type: 'form' }
  yield {
    afterMs: durationMs / 2,
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
    ['CLS', random.exponential(0.05)],
  ] as const
  for (const [name, value] of vitals) {
    yield { afterMs: 20, page, action: { case: 'webVital', value: { name, value: Math.round(value * 1000) / 1000 } } }
  }
}

/** How long someone looks before doing something: half under 5 s, few over half a minute. */
export const thinking = (random: Random): number => Math.round(700 + random.exponential(6_500))
