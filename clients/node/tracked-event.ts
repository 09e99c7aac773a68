import type { Event, EventJson } from '../../proto/gen/userflow/v1/event_pb.ts'

/** What can be done: the names of the contract's actions. */
export type ActionName = NonNullable<Event['action']['case']>

/** Anything JSON can say. Dates become ISO text; undefined and functions are left out, as JSON.stringify does. */
export type Properties = Readonly<Record<string, unknown>>

/** The same fields, where undefined means absent: `userId: request.user?.id` is fine. */
type Lenient<T> = T extends readonly (infer Item)[]
  ? readonly Lenient<Item>[]
  : T extends object
    ? { readonly [K in keyof T]?: Lenient<T[K]> | undefined }
    : T

/** Everything about an event but what was done. Field names and limits are those of event.proto. */
export type EventFacts = Lenient<Omit<EventJson, ActionName | 'eventTime' | 'properties'>> & {
  /** When it happened: a Date, ms since 1970, or ISO text. Default: when it is tracked. */
  readonly eventTime?: Date | number | string | undefined
  readonly properties?: Properties | undefined
}

/**
 * An event as the contract has it, with exactly one action, such as `{ userId: '7', custom: { name: 'signup' } }`: the same
 * object that the HTTP door takes as JSON.
 */
export type TrackedEvent = {
  [A in ActionName]: EventFacts & { readonly [K in A]: Lenient<NonNullable<EventJson[K]>> } & {
    readonly [K in Exclude<ActionName, A>]?: undefined
  }
}[ActionName]
