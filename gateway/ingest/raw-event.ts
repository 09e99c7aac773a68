import type { Rejection } from './rejection.ts'

/** One event in the protobuf form, or what came instead. */
export interface RawEvent {
  /** The event; if `unreadable`, what the sender sent instead, for the dead letter. */
  readonly bytes: Buffer
  /** JSON had lone surrogates, which are U+FFFD in `bytes`. */
  readonly textRepaired: boolean
  /** Why it is no Event; set by the JSON door only, as bytes are judged later. */
  readonly unreadable: Rejection | undefined
  /** The event_id it seems to have, if unreadable. Empty: none. */
  readonly seemingId: string
}

/** An event in protobuf form, not looked at yet. */
export const rawBytes = (bytes: Buffer, textRepaired = false): RawEvent => ({
  bytes,
  textRepaired,
  unreadable: undefined,
  seemingId: '',
})
