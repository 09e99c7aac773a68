import type { ReadLinkResponse } from '../../proto/gen/userflow/v1/links_pb.ts'
import type { Access } from '../../proto/gen/userflow/v1/people_pb.ts'

/** A shared link; what it shows is absent until the gateway has said it. */
export interface OpenedLink {
  readonly token: string
  readonly shown?: ReadLinkResponse
}

/** Whether somebody is signed in; `unknown` until the cookie was asked. */
export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'out' }
  | { readonly kind: 'in'; readonly access: Access }
  | { readonly kind: 'link'; readonly link: OpenedLink }

type Listener = () => void

/** Holds the access token, in memory only: a page that is loaded anew asks with its cookie. */
export class Session {
  #state: SessionState = { kind: 'unknown' }
  #listeners = new Set<Listener>()

  get state(): SessionState {
    return this.#state
  }

  /** The token to send, if there is one. */
  get token(): string | undefined {
    if (this.#state.kind === 'link') return this.#state.link.token
    return this.#state.kind === 'in' ? this.#state.access.accessToken : undefined
  }

  signedIn(access: Access | undefined): void {
    this.#change(access ? { kind: 'in', access } : { kind: 'out' })
  }

  linked(link: OpenedLink): void {
    this.#change({ kind: 'link', link })
  }

  signedOut(): void {
    this.#change({ kind: 'out' })
  }

  /** Calls back after every change; answers how to end that. */
  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #change(state: SessionState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}
