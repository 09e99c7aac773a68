import type { Key } from '../../keys.ts'
import { keptIp, normaliseIp } from '../ip-address.ts'
import { safeJson } from '../json-value.ts'
import { cutAddress } from './cut-address.ts'
import { takesVisitorId } from './takes-visitor-id.ts'

type JsonRecord = Record<string, unknown>

/**
 * The JSON of an event that could not be read as one, without what the site does not keep. Its shape is anybody's guess, so
 * the fields are known by their names: addresses wherever they stand, denied names anywhere below `properties`. The very same
 * bytes where nothing changes, and for bytes that are no JSON.
 */
export function protectJson(bytes: Buffer, key: Key): Buffer {
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch {
    return bytes
  }
  return new JsonProtection(key).protect(json) ? Buffer.from(safeJson(json)) : bytes
}

const addressNames = new Set(['url', 'referrer', 'targetUrl', 'target_url'])

class JsonProtection {
  readonly #kept: ReadonlySet<string> | undefined
  readonly #denied: ReadonlySet<string>
  readonly #key: Key
  #changed = false
  /** Objects and lists still to be looked at: a list of our own, as a stranger's JSON may be nested as deep as it likes. */
  readonly #waiting: { readonly json: unknown; readonly inProperties: boolean }[] = []

  constructor(key: Key) {
    const { queryParameters, deniedProperties } = key.privacy
    this.#kept = queryParameters && new Set(queryParameters)
    this.#denied = new Set(deniedProperties)
    this.#key = key
  }

  /** Changes the JSON in place; whether there was anything to change. */
  protect(event: unknown): boolean {
    if (typeof event !== 'object' || event === null) return false
    if (!takesVisitorId(this.#key))
      for (const name of ['visitorId', 'visitor_id']) this.#drop(event as JsonRecord, name)
    this.#waiting.push({ json: event, inProperties: false })
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      for (const name of Object.keys(next.json as JsonRecord))
        this.#field(next.json as JsonRecord, name, next.inProperties)
    }
    return this.#changed
  }

  #field(owner: JsonRecord, name: string, inProperties: boolean): void {
    const value = owner[name]
    if (inProperties && this.#denied.has(name) && !Array.isArray(owner)) this.#drop(owner, name)
    else if (typeof value === 'string' && !inProperties) this.#put(owner, name, this.#cut(name, value))
    else if (typeof value === 'object' && value !== null) {
      this.#waiting.push({ json: value, inProperties: inProperties || name === 'properties' })
    }
  }

  #cut(name: string, text: string): string {
    if (this.#kept && addressNames.has(name)) {
      const bytes = Buffer.from(text).toString('latin1')
      const cut = cutAddress(bytes, this.#kept)
      return cut === bytes ? text : Buffer.from(cut, 'latin1').toString('utf8')
    }
    if (name !== 'ipAddress' && name !== 'ip_address') return text
    const address = normaliseIp(text)
    return address === '' ? text : keptIp(address, this.#key.privacy.ipMode)
  }

  #put(owner: JsonRecord, name: string, text: string): void {
    if (owner[name] === text) return
    owner[name] = text
    this.#changed = true
  }

  #drop(owner: JsonRecord, name: string): void {
    if (!Object.hasOwn(owner, name)) return
    delete owner[name]
    this.#changed = true
  }
}
