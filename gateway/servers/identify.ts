import { RequestError } from '../errors.ts'
import { looksLikeLink } from '../links/link-token.ts'
import { looksLikeToken } from '../people/access-token.ts'
import { type Permission, reaches } from '../permissions.ts'
import type { Linked, SignedIn, Who } from '../who.ts'
import { type Arrival, secretOf } from './arrival.ts'
import { authenticate, isSameHost } from './authenticate.ts'
import type { Doorkeeping } from './receive.ts'

/** What of a door is needed to know who asks. */
export type Identifying = Pick<Doorkeeping, 'keys' | 'people' | 'links'>

/**
 * Finds out who asks, and whether they may: a key by its scopes, a person by their role, a link by what may be shared.
 * @throws RequestError as `authenticate` does; TOKEN_ENDED, ROLE_TOO_LOW, LINK_ENDED, LINK_NOT_ALLOWED, PAGE_NOT_ALLOWED or
 * STORE_DOWN
 */
export async function identify(door: Identifying, arrival: Arrival, permission: Permission): Promise<Who> {
  if (permission.open) {
    checkOwnPage(arrival)
    return { kind: 'nobody', companyId: 0 }
  }
  const secret = secretOf(arrival)
  if (secret && looksLikeToken(secret)) return identifyPerson(door, { arrival, token: secret, permission })
  if (secret && looksLikeLink(secret)) return identifyLink(door, { arrival, token: secret, permission })
  if (permission.scope === undefined) {
    if (permission.role === undefined) throw new RequestError('LINK_ENDED')
    throw secret
      ? new RequestError('KEY_NOT_ALLOWED', 'This is about a person, and a key is none')
      : new RequestError('SIGNED_OUT')
  }
  const { companyId, siteId, keyId, scopes } = await authenticate(door.keys, arrival, permission.scope)
  return { kind: 'key', companyId, siteId, keyId, admin: scopes.includes('admin') }
}

async function identifyPerson(
  { people }: Identifying,
  { arrival, token, permission }: { arrival: Arrival; token: string; permission: Permission },
): Promise<SignedIn> {
  checkOwnPage(arrival)
  const who = await people.signedIn(token).catch((error: unknown) => {
    throw error instanceof RequestError ? error : new RequestError('STORE_DOWN', undefined, { cause: error })
  })
  if (permission.role === undefined) {
    throw permission.shared
      ? new RequestError('LINK_ENDED')
      : new RequestError('ROLE_TOO_LOW', 'Events are sent with a key')
  }
  if (!reaches(who.role, permission.role)) {
    throw new RequestError('ROLE_TOO_LOW', `This asks for the role "${permission.role}", and yours is "${who.role}"`)
  }
  return who
}

async function identifyLink(
  { links }: Identifying,
  { arrival, token, permission }: { arrival: Arrival; token: string; permission: Permission },
): Promise<Linked> {
  checkOwnPage(arrival)
  const who = await links.find(token).catch((error: unknown) => {
    throw new RequestError('STORE_DOWN', undefined, { cause: error })
  })
  if (!who) throw new RequestError('LINK_ENDED')
  if (!permission.shared) throw new RequestError('LINK_NOT_ALLOWED')
  return who
}

/**
 * A browser says where the page came from: by `sec-fetch-site`, which no page can set, or where it does not have that, by the
 * origin. What is no browser says neither, and has no cookies of anybody.
 */
function checkOwnPage({ header }: Arrival): void {
  const site = header('sec-fetch-site')
  const origin = header('origin')
  const own =
    site === undefined
      ? origin === undefined || isSameHost(origin, header('host') ?? header(':authority'))
      : site === 'same-origin' || (site === 'none' && origin === undefined)
  if (!own) throw new RequestError('PAGE_NOT_ALLOWED')
}
