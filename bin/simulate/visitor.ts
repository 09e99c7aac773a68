import { type Browser, bots, browsers } from './devices.ts'
import { type Place, places } from './places.ts'
import { Random } from './random.ts'

/** Someone who comes back, or does not; what changes with their visits is kept here. */
export interface Visitor {
  readonly visitorId: string
  readonly place: Place
  readonly ipAddress: string
  readonly browser: Browser
  readonly isBot: boolean
  /** Visits a day, on average. */
  readonly visitsPerDay: number
  readonly experiments: readonly { readonly experimentId: string; readonly variant: string }[]
  /** All that this visitor does is drawn from here, so nobody's number changes another's life. */
  readonly random: Random
  /** Set by signing up. */
  userId: string
  /** Until when a visit is under way, in ms since 1970. */
  busyUntilMs: number
}

/** Few come every day, most come seldom: mean about 0.3 visits a day. */
const habits = [
  [1.2, 12],
  [0.35, 30],
  [0.07, 58],
] as const

/** The visitor of this number; the same for the same seed, however many others there are. */
export function createVisitor(seed: string, number: number): Visitor {
  const random = new Random(`${seed}/visitor/${number}`)
  const place = random.weighted(places)
  const isBot = random.chance(0.02)
  const browser = random.weighted(browsers)
  const experiments = [{ experimentId: 'checkout-button', variant: random.pick(['A', 'B']) }]
  if (random.chance(0.3)) experiments.push({ experimentId: 'onboarding', variant: random.pick(['short', 'long']) })
  return {
    visitorId: `v-${Buffer.from(random.bytes(12)).toString('hex')}`,
    place,
    ipAddress: `${place.network}.${random.whole(1, 254)}`,
    browser: isBot ? { ...browser, userAgent: random.pick(bots) } : browser,
    isBot,
    visitsPerDay: isBot ? 1.5 : random.weighted(habits),
    experiments,
    random,
    userId: random.chance(0.1) ? `user-${number}` : '',
    busyUntilMs: 0,
  }
}

/** The id that a visitor gets by signing up. */
export const userIdOf = (visitor: Visitor): string => `user-${visitor.visitorId.slice(2, 10)}`
