import { RequestError } from '../errors.ts'
import type { Key, Keys, Scope } from '../keys.ts'
import { type Arrival, secretOf } from './arrival.ts'

/** Longer than any key ever issued; hashing more would only serve whoever sends it. */
const mostSecretCharacters = 256

/**
 * Finds the key of a request and whether it may do this from where it comes.
 * @throws RequestError KEY_MISSING, KEY_UNKNOWN, KEY_NOT_ALLOWED, ORIGIN_NOT_ALLOWED, VISITOR_OPTED_OUT or STORE_DOWN
 */
export async function authenticate(keys: Keys, arrival: Arrival, scope: Scope): Promise<Key> {
  const secret = secretOf(arrival)
  if (!secret) throw new RequestError('KEY_MISSING')
  if (secret.length > mostSecretCharacters) throw new RequestError('KEY_UNKNOWN')
  const key = await keys.find(secret).catch((error: unknown) => {
    throw new RequestError('STORE_DOWN', undefined, { cause: error })
  })
  if (!key || (key.expiresAtMs !== undefined && key.expiresAtMs <= Date.now())) throw new RequestError('KEY_UNKNOWN')
  if (!key.scopes.includes(scope)) {
    const why = key.kind === 'write' ? 'A write key only sends events' : `This key lacks the scope "${scope}"`
    throw new RequestError('KEY_NOT_ALLOWED', why)
  }
  checkOrigin(key, arrival)
  if (key.kind === 'write' && key.privacy.respectDoNotTrack && asksNotToBeTracked(arrival)) {
    throw new RequestError('VISITOR_OPTED_OUT')
  }
  return key
}

/** The browser's own headers, which no page can set: "global privacy control" and its predecessor "do not track". */
const asksNotToBeTracked = ({ header }: Arrival): boolean => header('sec-gpc') === '1' || header('dnt') === '1'

function checkOrigin(key: Key, { header }: Arrival): void {
  const origin = header('origin')
  if (origin === undefined) return
  // A secret key in a page of somebody else's has leaked. A page served by this very host is the console.
  if (key.kind === 'secret' && !isSameHost(origin, header('host') ?? header(':authority'))) {
    throw new RequestError('KEY_NOT_ALLOWED', 'A secret key was used from a page')
  }
  if (key.kind === 'write' && key.allowedOrigins.length > 0 && !allows(key.allowedOrigins, origin)) {
    throw new RequestError('ORIGIN_NOT_ALLOWED')
  }
}

/** Origins are compared as browsers write them: lower case, no path, no slash at the end. */
const allows = (allowed: readonly string[], origin: string): boolean =>
  allowed.some((one) => one === origin || one.toLowerCase().replace(/\/+$/, '') === origin.toLowerCase())

/** Whether a page of this origin was served by the host that is asked. */
export function isSameHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}
