import type { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Key } from '../keys.ts'

/** Who sent a batch and what the request said beside it. The door fills it in, once a request. */
export interface Sender {
  readonly key: Key
  /** The address of the peer, or the one a trusted proxy named; not cut yet. Empty: unknown. */
  readonly ip: string
  readonly userAgent: string
  readonly hints: ClientHints
  /** The country header of a CDN as it came; anything but two letters is ignored. */
  readonly countryHeader: string
  readonly door: Door
  /** When the request had been read, in microseconds since 1970. */
  readonly receivedAtUs: number
}

/** The client hints of a browser, without the quotes of the header. Empty: not sent. */
export interface ClientHints {
  readonly platform: string
  readonly platformVersion: string
  readonly mobile: boolean
  readonly model: string
}
