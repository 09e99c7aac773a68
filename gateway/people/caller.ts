import type { Who } from '../who.ts'

/** Who asks PeopleService, and how. */
export interface PeopleCaller {
  readonly who: Who
  /** The address of whoever asks, as far as it can be believed; only to limit attempts. */
  readonly address: string
  /** The same, cut to its network, to be kept. */
  readonly network: string
  readonly header: (name: string) => string | undefined
  /** Host and port as the request says; absent: it does not say. */
  readonly host: string | undefined
  readonly byHttp: boolean
  /** Sends a cookie with the answer; absent where there are none. */
  readonly setCookie?: ((cookie: string) => void) | undefined
}
