import type { Place, Tools, Visit } from './draft.ts'

const nowhere: Place = { country: '', region: '', city: '' }

/** Finds country, region and city of the IP address; without a database, the country that a CDN's header said. */
export function findPlace({ ipAddress, countryHeader }: Visit, tools: Tools): Place {
  const place = (ipAddress === '' ? undefined : tools.lookup(ipAddress)) ?? nowhere
  if (place.country !== '' || countryHeader === '') return place
  return { country: saidCountry(countryHeader), region: place.region, city: place.city }
}

/** XX and T1 are what CDNs say for "unknown" and "Tor". */
function saidCountry(header: string): string {
  return header !== 'XX' && /^[A-Z]{2}$/.test(header) ? header : ''
}
