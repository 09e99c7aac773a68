/** A request as a combined (or common) access log tells it. Absent parts, written "-" there, are empty. */
export interface LoggedRequest {
  readonly host: string
  readonly user: string
  readonly timeMs: number
  readonly method: string
  readonly target: string
  readonly status: number
  readonly bytes: number
  readonly referrer: string
  readonly userAgent: string
}

const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
/** Every part excludes the character that ends it, so a hostile line costs no more than one pass. */
const combined = new RegExp(`^(\\S+) \\S+ ([^[]*) \\[([^\\]]+)\\] ${quoted} (\\d{3}) (\\d+|-)(?: ${quoted} ${quoted})?`)
const request = /^([A-Za-z]{1,20}) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/
const clock = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Reads one line. A line that cannot be read comes back as what is wrong with it. */
export function parseLine(line: string): LoggedRequest | { readonly problem: string } {
  const found = combined.exec(line)
  if (!found) return { problem: 'not a line of the combined log format' }
  const [, host = '', user = '', time = '', asked = '', code = '', size = '', referrer = '', userAgent = ''] = found
  const timeMs = parseTime(time)
  if (timeMs === undefined) return { problem: `"${time.slice(0, 40)}" is not a time like 17/May/2015:10:05:03 +0000` }
  const parts = request.exec(plain(asked))
  if (!parts) return { problem: `"${asked.slice(0, 40)}" is not a request like GET / HTTP/1.1` }
  return {
    host,
    user: absent(user),
    timeMs,
    method: parts[1]!.toUpperCase(),
    target: parts[2]!,
    status: Number(code),
    bytes: size === '-' ? 0 : Number(size),
    referrer: absent(plain(referrer)),
    userAgent: absent(plain(userAgent)),
  }
}

const absent = (text: string): string => (text === '-' ? '' : text)

function parseTime(text: string): number | undefined {
  const found = clock.exec(text)
  if (!found) return undefined
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((at) => Number(found[at])) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const month = months.indexOf(found[2]!)
  const localMs = Date.UTC(year, month, day, hour, minute, second)
  if (month < 0 || new Date(localMs).getUTCDate() !== day || hour > 23 || minute > 59 || second > 60) return undefined
  const aheadMs = (Number(found[8]) * 60 + Number(found[9])) * 60_000
  return found[7] === '-' ? localMs + aheadMs : localMs - aheadMs
}

const signs: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', v: '\v' }

/** Servers write \" \\ \n and \xhh (bytes of UTF-8) for what would break the line. */
function plain(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/(?:\\x[0-9a-fA-F]{2})+|\\(.)/g, (all, sign: string | undefined) =>
    sign === undefined ? Buffer.from(all.replaceAll('\\x', ''), 'hex').toString('utf8') : (signs[sign] ?? sign),
  )
}
