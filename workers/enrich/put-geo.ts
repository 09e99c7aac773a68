import type { Draft, Tools } from './draft.ts'

/** Finds country, region and city of the IP address; without a database, the country that a CDN's header said. */
export function putGeo({ envelope, found }: Draft, tools: Tools): void {
  const place = envelope.ipAddress === '' ? undefined : tools.lookup(envelope.ipAddress)
  if (place !== undefined) {
    found.country = place.country
    found.region = place.region
    found.city = place.city
  }
  if (found.country === '') found.country = saidCountry(envelope.countryHeader)
}

/** XX and T1 are what CDNs say for "unknown" and "Tor". */
function saidCountry(header: string): string {
  return header !== 'XX' && /^[A-Z]{2}$/.test(header) ? header : ''
}
