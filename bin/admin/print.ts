import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt'
import type { ApiKey, Privacy, Site } from '../../proto/gen/userflow/v1/admin_pb.ts'
import { ipModes, keyKinds, siteKinds, wordOf } from './words.ts'

/** Sites as lines for a reader. */
export function printSites(sites: readonly Site[]): string[] {
  if (sites.length === 0) return ['There is no site.']
  return sites.flatMap((site) => [
    `site ${site.siteId}  ${site.name}  ${wordOf(siteKinds, site.kind)}  ${site.containerId}  ${site.timeZone}  made ${timeOf(site.createdAt)}`,
    `    browsers may send from ${site.allowedOrigins.join(' ') || 'anywhere'}`,
    ...(site.privacy ? [`    ${privacyOf(site.privacy)}`] : []),
    ...(site.snippet ? [`    ${site.snippet}`] : []),
  ])
}

/** Keys as lines for a reader; the text of none is known. */
export function printKeys(keys: readonly ApiKey[]): string[] {
  if (keys.length === 0) return ['There is no key.']
  return keys.flatMap((key) => [
    `${key.keyId}  ${key.prefix}…  ${wordOf(keyKinds, key.kind)} key of site ${key.siteId}: ${key.scopes.join(', ')}${key.label && `  ${key.label}`}`,
    `    made ${timeOf(key.createdAt)}, ${key.lastUsedAt ? `used ${timeOf(key.lastUsedAt)}` : 'not used'}, ${endOf(key)}, ${limitOf(key)}`,
  ])
}

/** A key that was just made, with its text. */
export const printSecret = (key: ApiKey | undefined, secret: string): string[] => [
  ...printKeys(key ? [key] : []),
  '',
  secret,
  '',
  'This is the text of the key. It is not shown again and kept nowhere: put it where it is needed now.',
]

function privacyOf(privacy: Privacy): string {
  const parameters = privacy.keepAllQueryParameters
    ? 'all query parameters stay'
    : `query parameters that stay: ${privacy.queryParameters.join(' ') || 'none'}`
  return [
    `IP addresses ${wordOf(ipModes, privacy.ipMode)}`,
    privacy.cookieless ? 'cookieless' : 'visitor ids of browsers are taken',
    parameters,
    ...(privacy.deniedProperties.length > 0 ? [`denied properties: ${privacy.deniedProperties.join(' ')}`] : []),
    privacy.respectDoNotTrack ? '"do not track" is respected' : '"do not track" is not looked at',
  ].join(', ')
}

function endOf({ revokedAt, expiresAt, replacedBy }: ApiKey): string {
  const rotated = replacedBy && `, replaced by ${replacedBy}`
  if (revokedAt) return `revoked ${timeOf(revokedAt)}${rotated}`
  if (!expiresAt) return 'does not end'
  return `${timestampDate(expiresAt).getTime() <= Date.now() ? 'ended' : 'ends'} ${timeOf(expiresAt)}${rotated}`
}

const limitOf = ({ eventsPerSecond }: ApiKey): string =>
  eventsPerSecond === 0 ? 'no limit' : `at most ${eventsPerSecond.toLocaleString('en')} events a second`

const timeOf = (time: Timestamp | undefined): string => (time ? timestampDate(time).toISOString() : 'unknown')
