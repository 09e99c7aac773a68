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

/** Who asks: a key, a person, or nobody known, as when somebody is about to sign in. */
export type Who =
  | SignedIn
  | {
      readonly kind: 'key'
      readonly companyId: number
      readonly siteId: number
      readonly keyId: string
      readonly admin: boolean
    }
  /** Their company is none: no row has this id. */
  | { readonly kind: 'nobody'; readonly companyId: 0 }
