import type { Lock } from './links/lock.ts'
import type { RoleName } from './permissions.ts'

/** A person who signed in, and the company they look at, as the database has it now. */
export interface SignedIn {
  readonly kind: 'person'
  readonly companyId: number
  readonly personId: string
  readonly signInId: string
  readonly email: string
  readonly role: RoleName
}

/** Whoever has a shared link, and what bounds their questions. */
export interface Linked {
  readonly kind: 'link'
  readonly companyId: number
  readonly linkId: string
  readonly lock: Lock
}

/** Who asks: a key, a person, a shared link, or nobody known, as when somebody is about to sign in. */
export type Who =
  | SignedIn
  | Linked
  | {
      readonly kind: 'key'
      readonly companyId: number
      readonly siteId: number
      readonly keyId: string
      readonly admin: boolean
    }
  /** Their company is none: no row has this id. */
  | { readonly kind: 'nobody'; readonly companyId: 0 }
