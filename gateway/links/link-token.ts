import { createHash, randomBytes } from 'node:crypto'

const tokenBytes = 32

/** The token of a new link: 256 random bits behind letters by which it is told from keys and access tokens. */
export const newLinkToken = (): string => `ufl_${randomBytes(tokenBytes).toString('base64url')}`

/** Whether a secret has the form of a link's token. */
export const looksLikeLink = (secret: string): boolean => /^ufl_[\w-]{43}$/.test(secret)

/** What the database knows a token by; so many random bits need no salt and no slow hash. */
export const linkHashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
