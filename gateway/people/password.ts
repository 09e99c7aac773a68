import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { RequestError } from '../errors.ts'

/**
 * What a guess costs: 2^17 blocks of 1 KiB, 128 MiB for about a third of a second, the first choice of OWASP's cheat sheet.
 * Kept with each hash, so that it can be raised: older hashes are made anew at the next sign-in.
 */
export interface Cost {
  readonly logN: number
  readonly blockSize: number
  readonly parallel: number
}

const usualCost: Cost = { logN: 17, blockSize: 8, parallel: 1 }
const saltBytes = 16
const hashBytes = 32
/** Two at once hold 256 MiB. Who would wait longer than a few seconds is told to come back. */
const mostAtOnce = 2
const mostWaiting = 20

/** Whether a password fits what is kept of it, and whether that should be made anew at today's cost. */
export interface Verdict {
  readonly fits: boolean
  readonly outdated: boolean
}

/** Hashes of passwords: made, and compared. */
export interface Passwords {
  /** The password's hash as text, with its salt and cost. @throws RequestError SIGN_IN_LIMITED when too many are waiting */
  hash(password: string): Promise<string>
  /**
   * Compares. With nothing kept, as for an address nobody has, it takes as long and does not fit.
   * @throws RequestError SIGN_IN_LIMITED when too many are waiting
   */
  verify(password: string, kept: string | undefined): Promise<Verdict>
}

/** Passwords by scrypt, a few at a time. `cost` is for tests that are about something else. */
export function createPasswords(cost: Cost = usualCost): Passwords {
  const inTurn = createTurns()
  const nobody = format(cost, randomBytes(saltBytes), randomBytes(hashBytes))
  return {
    async hash(password) {
      const salt = randomBytes(saltBytes)
      return format(cost, salt, await inTurn(() => derive(password, salt, cost)))
    },
    async verify(password, kept) {
      const { cost: its, salt, hash } = parse(kept ?? nobody)
      const made = await inTurn(() => derive(password, salt, its))
      const fits = timingSafeEqual(made, hash) && kept !== undefined
      const outdated = its.logN !== cost.logN || its.blockSize !== cost.blockSize || its.parallel !== cost.parallel
      return { fits, outdated }
    },
  }
}

/** The same letters typed on another keyboard are the same password. */
function derive(password: string, salt: Buffer, { logN, blockSize, parallel }: Cost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** logN, r: blockSize, p: parallel, maxmem: 256 * blockSize * 2 ** logN }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, made) =>
      error ? reject(error) : resolve(made),
    )
  })
}

const format = ({ logN, blockSize, parallel }: Cost, salt: Buffer, hash: Buffer): string =>
  ['scrypt', logN, blockSize, parallel, salt.toString('base64url'), hash.toString('base64url')].join('$')

function parse(kept: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const [kind, logN, blockSize, parallel, salt, hash] = kept.split('$')
  if (kind !== 'scrypt' || !salt || !hash)
    throw new Error('the hash of a password is in a form this version cannot read')
  return {
    cost: { logN: Number(logN), blockSize: Number(blockSize), parallel: Number(parallel) },
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  }
}

/** Runs work a few at a time, in the order it came. */
function createTurns() {
  const waiting: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= mostAtOnce) {
      if (waiting.length >= mostWaiting) throw new RequestError('SIGN_IN_LIMITED', undefined, { retryAfterSeconds: 5 })
      // Whoever ends hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
