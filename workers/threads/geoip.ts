import { Reader } from 'maxmind'
import type { Place } from '../enrich/draft.ts'
import { RecentCache } from '../enrich/recent-cache.ts'
import { ipBytes, isPrivate } from './ip-address.ts'
import { placeOf } from './place-of.ts'
import { type SharedFile, sharedBytes } from './shared-file.ts'

/** The databases as all threads share them. */
export interface SharedGeoip {
  readonly ipv4: SharedFile
  readonly ipv6: SharedFile
}

type Database = Pick<Reader<never>, 'get'>

/** A visitor's events come together; an entry is about 200 bytes. */
const placesKept = 5_000
const nowhere: Place = { country: '', region: '', city: '' }

/**
 * Looks addresses up. A database is opened at the first address of its family (63 and 71 MB for DB-IP's), so a system
 * that sees only private addresses never pays for it. One that cannot be read is reported once and then left out.
 */
export function openGeoip(
  files: SharedGeoip | undefined,
  report: (message: string) => void,
): (ipAddress: string) => Place | undefined {
  if (files === undefined) return () => undefined
  const places = new RecentCache<Place>(placesKept)
  const databases = new Map<SharedFile, Database | undefined>()
  const databaseOf = (file: SharedFile): Database | undefined => {
    if (!databases.has(file)) databases.set(file, openDatabase(file, report))
    return databases.get(file)
  }
  return (ipAddress) => {
    let place = places.get(ipAddress)
    if (place === undefined) {
      const bytes = ipBytes(ipAddress)
      const file = bytes?.length === 4 ? files.ipv4 : files.ipv6
      place = bytes === undefined || isPrivate(bytes) ? nowhere : find(databaseOf(file), bytes)
      places.set(ipAddress, place)
    }
    return place === nowhere ? undefined : place
  }
}

function openDatabase(file: SharedFile, report: (message: string) => void): Database | undefined {
  try {
    const bytes = sharedBytes(file)
    if (bytes !== undefined) return new Reader<never>(bytes)
    report(`the geo database ${file.path} cannot be read; events are stored without region and city`)
  } catch (error) {
    report(`${file.path} is no geo database, events are stored without region and city: ${error}`)
  }
  return undefined
}

function find(database: Database | undefined, address: Uint8Array): Place {
  try {
    return placeOf(database?.get(ipText(address))) ?? nowhere
  } catch {
    // A damaged database: this address is unknown, the event is not.
    return nowhere
  }
}

/** The text of an address in its plainest form, so that `::ffff:192.0.2.1` is found as IPv4. */
function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, group) =>
    ((bytes[group * 2]! << 8) | bytes[group * 2 + 1]!).toString(16),
  )
  return groups.join(':')
}
