import { jwtVerify, SignJWT } from 'jose'
import { RequestError } from '../errors.ts'
import type { TokenKeys } from './token-keys.ts'

/** What an access token says. What its person may do is asked of the database each time. */
export interface Claims {
  readonly personId: string
  readonly signInId: string
  readonly companyId: number
}

/** Ends on its own, so that a stolen one is of little use. */
export const accessTokenMs = 15 * 60_000

const algorithm = 'EdDSA'
const issuer = 'userflow'
/** Gateways whose clocks differ by this take each other's tokens. */
const clockToleranceS = 10
/** Ours have about 400. */
const mostTokenCharacters = 1_000

/** Whether a secret is in the form of a token; keys never are. */
export const looksLikeToken = (secret: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(secret)

/** A token for these claims, and when it ends in ms since 1970. */
export async function signToken(keys: TokenKeys, { personId, signInId, companyId }: Claims, nowMs = Date.now()) {
  const { keyId, privateKey } = await keys.toSign()
  const expiresAtMs = Math.floor((nowMs + accessTokenMs) / 1_000) * 1_000
  const token = await new SignJWT({ sid: signInId, cid: companyId })
    .setProtectedHeader({ alg: algorithm, kid: keyId, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setSubject(personId)
    .setIssuedAt(Math.floor(nowMs / 1_000))
    .setExpirationTime(expiresAtMs / 1_000)
    .sign(privateKey)
  return { token, expiresAtMs }
}

/**
 * What a token of ours says, if it is in time.
 * @throws RequestError TOKEN_ENDED; anything else is thrown when the keys cannot be read
 */
export async function verifyToken(keys: TokenKeys, token: string): Promise<Claims> {
  if (token.length > mostTokenCharacters) throw new RequestError('TOKEN_ENDED')
  let unread: { readonly error: unknown } | undefined
  const keyOf = async ({ kid = '' }: { kid?: string }) => {
    const key = await keys.toVerify(kid).catch((error: unknown) => {
      unread = { error }
      return undefined
    })
    if (!key) throw new Error('no such key')
    return key.publicKey
  }
  const options = {
    algorithms: [algorithm],
    issuer,
    audience: issuer,
    clockTolerance: clockToleranceS,
    requiredClaims: ['exp'],
  }
  const read = await jwtVerify(token, keyOf, options).catch((cause: unknown) => {
    if (unread) throw unread.error
    throw new RequestError('TOKEN_ENDED', undefined, { cause })
  })
  const { sub, sid, cid } = read.payload
  if (typeof sub !== 'string' || typeof sid !== 'string' || typeof cid !== 'number')
    throw new RequestError('TOKEN_ENDED')
  return { personId: sub, signInId: sid, companyId: cid }
}
