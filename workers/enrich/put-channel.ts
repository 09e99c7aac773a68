import type { Arrival, Draft } from './draft.ts'
import { kindOfSource, type SourceKind } from './known-sources.ts'

/** What the rules look at, in lower case. */
interface Facts {
  readonly found: Arrival
  readonly medium: string
  readonly source: string
  readonly campaign: string
  readonly kind: SourceKind | undefined
  readonly paid: boolean
}

const paidMedium = /^(?:.*cp[acmv]?|ppc|retargeting|remarketing|paid.*|.*[-_ ]paid)$/
const displayMediums = new Set(['display', 'banner', 'expandable', 'interstitial', 'cpm'])
const socialMediums = new Set(['social', 'social-network', 'social-media', 'sm', 'social network', 'social media'])
const emailNames = new Set(['email', 'e-mail', 'e_mail', 'e mail', 'mail', 'newsletter'])
const pushEnds = /(?:push|mobile|notification)$/

/**
 * Channels and what makes an event belong to one; the first that fits wins. The order is that of the field's usual
 * grouping: what a link says of itself, what a click id proves, then the kind of the site the visitor came from.
 */
const rules: readonly (readonly [channel: string, fits: (facts: Facts) => boolean])[] = [
  ['paid shopping', ({ paid, kind }) => paid && kind === 'shopping'],
  ['display', ({ medium }) => displayMediums.has(medium)],
  ['paid search', ({ paid, kind }) => paid && kind === 'search'],
  ['paid social', ({ paid, kind }) => paid && kind === 'social'],
  ['paid video', ({ paid, kind }) => paid && kind === 'video'],
  ['paid search', ({ found }) => found.clickChannel === 'paid search'],
  ['paid social', ({ found }) => found.clickChannel === 'paid social'],
  ['display', ({ found }) => found.clickChannel === 'display'],
  ['paid other', ({ paid }) => paid],
  ['email', ({ medium, source }) => emailNames.has(medium) || emailNames.has(source)],
  ['sms', ({ medium, source }) => medium === 'sms' || source === 'sms'],
  ['push', ({ medium, source }) => pushEnds.test(medium) || source === 'firebase'],
  ['affiliate', ({ medium }) => medium === 'affiliate' || medium === 'affiliates'],
  ['audio', ({ medium }) => medium === 'audio' || medium === 'podcast'],
  [
    'shopping',
    ({ campaign, kind }) => kind === 'shopping' || /^(?:.*[^a-df-z])?shop(?:ping)?(?:[^a-z].*)?$/.test(campaign),
  ],
  ['ai', ({ kind, medium }) => kind === 'ai' || medium === 'ai'],
  ['video', ({ kind, medium }) => kind === 'video' || medium === 'video'],
  ['social', ({ kind, medium }) => kind === 'social' || socialMediums.has(medium)],
  ['organic search', ({ kind, medium }) => kind === 'search' || medium === 'organic'],
  ['email', ({ kind, found }) => kind === 'email' || found.clickChannel === 'email'],
  ['social', ({ found }) => found.clickChannel === 'social'],
  ['internal', ({ found }) => found.fromInside && found.utmSource === '' && found.utmMedium === ''],
  ['referral', ({ source, medium, found }) => source !== '' || medium !== '' || found.referrerDomain !== ''],
  ['direct', () => true],
]

/** Finds the channel. */
export function putChannel({ found }: Draft): void {
  found.channel = plainChannel(found) ?? channelOf(found)
}

/** Most events: no campaign, no click id, no outside referrer. Saves the rules for those that need them. */
function plainChannel(found: Arrival): string | undefined {
  const { utmSource, utmMedium, utmCampaign, clickChannel, referrerDomain } = found
  if (utmSource || utmMedium || utmCampaign || clickChannel || referrerDomain) return undefined
  return found.fromInside ? 'internal' : 'direct'
}

function channelOf(found: Arrival): string {
  const medium = found.utmMedium.toLowerCase()
  const source = found.utmSource.toLowerCase()
  const facts: Facts = {
    found,
    medium,
    source,
    campaign: found.utmCampaign.toLowerCase(),
    kind: kindOfSource(source) ?? kindOfSource(found.referrerDomain),
    paid: paidMedium.test(medium),
  }
  return rules.find(([, fits]) => fits(facts))![0]
}
