import { IpMode, type Privacy as PrivacyMessage, SiteKind } from '../../proto/gen/userflow/v1/admin_pb.ts'
import { invalid } from '../errors.ts'
import { campaignParameters, type Privacy } from '../privacy.ts'
import { checkLine, hasControl } from './check.ts'

const mostOrigins = 100
/** A host name has at most 253 characters, scheme and port 14 more. */
const mostOriginCharacters = 267
const mostNames = 100
const mostNameBytes = 200

/** How the database calls where events come from. */
export const siteKinds: ReadonlyMap<SiteKind, 'web' | 'server' | 'app'> = new Map([
  [SiteKind.WEB, 'web'],
  [SiteKind.SERVER, 'server'],
  [SiteKind.APP, 'app'],
] as const)

/** How the database calls what is kept of an address. */
export const ipModes: ReadonlyMap<IpMode, Privacy['ipMode']> = new Map([
  [IpMode.CUT, 'cut'],
  [IpMode.FULL, 'full'],
  [IpMode.NONE, 'none'],
] as const)

/** @throws PARAMETER_INVALID */
export const checkSiteName = (name: string): string => checkLine('name', name, { min: 1, max: 200 })

/** @throws PARAMETER_INVALID */
export function checkSiteKind(kind: SiteKind): 'web' | 'server' | 'app' {
  const known = siteKinds.get(kind)
  if (!known) throw invalid('kind', 'must be SITE_KIND_WEB, SITE_KIND_SERVER or SITE_KIND_APP')
  return known
}

/** Origins as browsers write them, each once. @throws PARAMETER_INVALID */
export function checkOrigins(origins: readonly string[]): string[] {
  if (origins.length > mostOrigins) throw invalid('allowed_origins', `may name at most ${mostOrigins} origins`)
  return [...new Set(origins.map(originOf))]
}

/** Exactly scheme, host and port: what follows them would never match, and somebody would believe that it does. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOrigin = /^https?:\/\/[^\s/?#@\\*]+\/?$/i.test(text) && url !== undefined && url.port !== '0'
  if (!isOrigin || text.length > mostOriginCharacters) {
    const rule =
      'must be scheme, host and port if it is not the usual one, such as "https://example.com", without a path'
    throw invalid('allowed_origins', `${JSON.stringify(text.slice(0, 100))} ${rule}`)
  }
  return url.origin
}

/** Settings of privacy as said, or what new sites of a kind have. @throws PARAMETER_INVALID */
export function checkPrivacy(said: PrivacyMessage | undefined, kind: 'web' | 'server' | 'app'): Privacy {
  if (said) return checkSaidPrivacy(said)
  return {
    ipMode: 'cut',
    cookieless: true,
    ...(kind === 'web' ? { queryParameters: campaignParameters } : {}),
    deniedProperties: [],
    respectDoNotTrack: false,
  }
}

/** @throws PARAMETER_INVALID */
export function checkSaidPrivacy(said: PrivacyMessage): Privacy {
  const ipMode = ipModes.get(said.ipMode)
  // Not guessed: an update names all settings, and a guess could begin to keep addresses, or lose them.
  if (!ipMode) throw invalid('privacy.ip_mode', 'must be IP_MODE_CUT, IP_MODE_FULL or IP_MODE_NONE')
  if (said.keepAllQueryParameters && said.queryParameters.length > 0) {
    throw invalid('privacy.query_parameters', 'must be empty where keep_all_query_parameters is set')
  }
  return {
    ipMode,
    cookieless: said.cookieless,
    ...(said.keepAllQueryParameters
      ? {}
      : { queryParameters: checkNames('privacy.query_parameters', said.queryParameters) }),
    deniedProperties: checkNames('privacy.denied_properties', said.deniedProperties),
    respectDoNotTrack: said.respectDoNotTrack,
  }
}

function checkNames(parameter: string, names: readonly string[]): string[] {
  if (names.length > mostNames) throw invalid(parameter, `may have at most ${mostNames} names`)
  for (const name of names) {
    const bytes = Buffer.byteLength(name)
    if (bytes < 1 || bytes > mostNameBytes) {
      throw invalid(parameter, `each name must have 1 to ${mostNameBytes} bytes, and one has ${bytes}`)
    }
    if (hasControl(name)) throw invalid(parameter, 'names must not contain control characters')
  }
  return [...new Set(names)]
}

/**
 * The name of a time zone as JavaScript understands it; whether Postgres does as well, it is asked. Offsets such as "+02:00"
 * are none: Postgres reads their sign the other way round.
 * @throws PARAMETER_INVALID
 */
export function checkTimeZone(timeZone: string): string {
  if (timeZone === '') return 'UTC'
  if (/^[a-z]/i.test(timeZone) && timeZone.length <= 100) {
    try {
      new Intl.DateTimeFormat('en', { timeZone })
      return timeZone
    } catch {
      throw noTimeZone(timeZone)
    }
  }
  throw noTimeZone(timeZone)
}

/** What is said of a name that is no time zone. */
export const noTimeZone = (name: string) =>
  invalid('time_zone', `${JSON.stringify(name.slice(0, 100))} must be an IANA name, such as "Europe/Lisbon" or "UTC"`)
