/**
 * An address with only those parameters in its query, and in a fragment that looks like one, whose names are kept, and
 * without user and password. Names are compared after percent-decoding, case-sensitively; what stays is spelled as it was.
 * Of a broken address nothing stays from the first `?` or `#` on. Cut by hand, as `new URL` would spell the rest anew and
 * takes seconds for some hostile hosts. Never throws.
 *
 * `address` has one character for each byte (latin1), so that no byte of what stays changes.
 */
export function cutAddress(address: string, kept: ReadonlySet<string>): string {
  const hash = address.indexOf('#')
  const beforeHash = hash === -1 ? address : address.slice(0, hash)
  const question = beforeHash.indexOf('?')
  const head = withoutUser(question === -1 ? beforeHash : beforeHash.slice(0, question))
  if (isBroken(head)) return head
  const query = question === -1 ? '' : part('?', beforeHash.slice(question + 1), kept)
  return head + query + (hash === -1 ? '' : cutFragment(address.slice(hash + 1), kept))
}

/** The bytes of an address from `start` to `end`, cut; undefined: they stay. */
export function cutAddressBytes(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  kept: ReadonlySet<string>,
): Buffer | undefined {
  if (!mayNeedCut(bytes, start, end)) return undefined
  const address = bytes.toString('latin1', start, end)
  const cut = cutAddress(address, kept)
  return cut.length === address.length ? undefined : Buffer.from(cut, 'latin1')
}

/** Most addresses have no query, fragment or user, and a loop finds that out without making a text of them. */
function mayNeedCut(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    // '?', '#', '@'
    if (byte === 0x3f || byte === 0x23 || byte === 0x40) return true
  }
  return false
}

/** The schemes of pages take any number of slashes, and backslashes for slashes, as browsers do. */
const beforeAuthority = /^[\0-\x20]*(?:(?:https?|wss?|ftp):[/\\]*|[a-z][a-z0-9+.-]*:\/\/|[/\\]{2,})/i
const beforePageHost = /^[\0-\x20]*(?:https?|wss?|ftp):/i
const host = /^(?:[a-z0-9._~%!$&'()*+,;=\x80-\xff-]*|\[[0-9a-f:.%]+\])(?::\d*)?$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\0-\x1f\x7f]/

interface Authority {
  readonly start: number
  readonly end: number
}

/** Where user, host and port of an address are; undefined: it has none, such as /path or about:blank. */
function authorityOf(head: string): Authority | undefined {
  const before = beforeAuthority.exec(head)
  if (before === null) return undefined
  const start = before[0].length
  let end = start
  while (end < head.length && head[end] !== '/' && head[end] !== '\\') end++
  return { start, end }
}

function withoutUser(head: string): string {
  if (!head.includes('@')) return head
  const authority = authorityOf(head)
  if (authority === undefined) return head
  const at = head.lastIndexOf('@', authority.end - 1)
  if (at < authority.start) return head
  const before = head.slice(0, authority.start)
  // Without a host, what follows would be read as one, with a user of its own.
  return at + 1 === authority.end ? before : before + head.slice(at + 1)
}

function isBroken(head: string): boolean {
  if (control.test(head)) return true
  const authority = authorityOf(head)
  if (authority === undefined) return false
  const said = head.slice(authority.start, authority.end)
  return !host.test(said) || (said === '' && beforePageHost.test(head))
}

/** What stays of a query, behind the sign that begins it; nothing, not even the sign, where no parameter stays. */
function part(sign: string, query: string, kept: ReadonlySet<string>): string {
  const cut = cutQuery(query, kept)
  return cut === '' && query !== '' ? '' : sign + cut
}

/**
 * Real addresses have a few dozen. A request of 4 MiB could hold two million, which would take the gateway's only thread
 * most of a second; what is behind this many is cut.
 */
const mostParameters = 200

/** The parameters of a query whose names are kept, in their order and spelling. */
function cutQuery(query: string, kept: ReadonlySet<string>): string {
  let stays = ''
  for (let from = 0, seen = 0; from < query.length && seen < mostParameters; seen++) {
    const next = query.indexOf('&', from)
    const end = next === -1 ? query.length : next
    const parameter = query.slice(from, end)
    if (parameter !== '' && kept.has(nameOf(parameter))) stays += (stays === '' ? '' : '&') + parameter
    from = end + 1
  }
  return stays
}

/** The decoded name of a parameter. */
function nameOf(parameter: string): string {
  const sign = parameter.indexOf('=')
  const name = sign === -1 ? parameter : parameter.slice(0, sign)
  if (/^[\w.~-]*$/.test(name)) return name
  const bytes = name
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/**
 * Pages that route by fragments put a query into them (`#/orders?token=…`), and sign-ins their tokens (`#access_token=…`).
 * A plain one, such as the name of a section, stays.
 */
function cutFragment(fragment: string, kept: ReadonlySet<string>): string {
  if (!/[?=]|%3d/i.test(fragment)) return `#${fragment}`
  // No valid address has a second "#", so nobody can say what is behind it.
  const second = fragment.indexOf('#')
  const only = second === -1 ? fragment : fragment.slice(0, second)
  const question = only.indexOf('?')
  const route = question === -1 ? only : only.slice(0, question)
  const keptRoute = /=|%3d/i.test(route) ? cutQuery(route, kept) : route
  const query = question === -1 ? '' : part('?', only.slice(question + 1), kept)
  return keptRoute === '' && query === '' && only !== '' ? '' : `#${keptRoute}${query}`
}
