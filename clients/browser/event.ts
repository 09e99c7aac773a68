import type { Whereabouts } from './pages.ts'
import type { Place } from './visit.ts'

/** What an event is about: one action of the contract, in its JSON form. */
export type Action =
  | { readonly pageView: { readonly loadMs?: number } }
  | {
      readonly click: {
        readonly element?: ElementText
        readonly position?: Spot
        readonly targetUrl?: string | undefined
      }
    }
  | { readonly scroll: { readonly depthPercent: number; readonly position: Spot } }
  | {
      readonly formSubmit: {
        readonly element: ElementText
        readonly targetUrl?: string | undefined
        readonly durationMs: number
      }
    }
  | { readonly hover: { readonly element: ElementText; readonly position: Spot; readonly durationMs: number } }
  | { readonly keydown: { readonly element: ElementText; readonly category: string; readonly count: number } }
  | { readonly webVital: { readonly name: string; readonly value: number } }
  | { readonly custom: { readonly name: string } }

/** An element in words. */
export interface ElementText {
  readonly selector: string
  readonly text?: string | undefined
  readonly type: string
}

/** A place in the document, in CSS pixels. */
export interface Spot {
  readonly x: number
  readonly y: number
}

/** What is known of the visitor by what the page said. */
export interface Person {
  readonly userId?: string | undefined
  readonly experiments?: readonly { readonly experimentId: string; readonly variant: string }[] | undefined
}

/** Below the contract's 8 KiB in any script: a character of UTF-16 has three bytes at most. */
const mostText = 2_000
const cut = (text: string): string => text.slice(0, mostText)

/** Everything an event has besides its action: the page, the device, and who. */
export interface Circumstances extends Person {
  readonly id: string
  readonly atMs: number
  readonly place: Place | undefined
  readonly where: Whereabouts
  readonly properties?: unknown
}

/** The event in the contract's JSON form. */
export const eventOf = (action: Action, by: Circumstances): object => ({
  eventId: by.id,
  eventTime: new Date(by.atMs).toISOString(),
  ...by.place,
  userId: by.userId,
  page: { url: cut(by.where.url), title: cut(document.title), referrer: cut(by.where.referrer) },
  device: {
    screenWidth: screen.width,
    screenHeight: screen.height,
    viewportWidth: innerWidth,
    viewportHeight: innerHeight,
    language: navigator.language,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  },
  experiments: by.experiments,
  properties: by.properties,
  ...action,
})
