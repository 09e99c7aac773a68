/** An event as it waits to be sent; its text is never made again, so a resend is the same event. */
export interface Entry {
  readonly id: string
  /** The event in JSON. */
  body: string
  /** Whether a request with it is under way. */
  sent?: boolean
}

/** Bounds of what waits: beyond them the oldest go. */
export const mostWaiting = 500
export const mostWaitingBytes = 1_000_000
/** Bounds of a request: browsers let 64 KiB leave with a closing page. */
export const mostInBatch = 20
export const mostBatchBytes = 60_000

/** The bytes of a text in UTF-8, guessed from above: three for each unit of UTF-16 that is not ASCII. */
export const bytesOf = (text: string): number => {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) bytes += 2
  return bytes
}

/** The first entries that fit into one request. */
export function firstBatch(entries: readonly Entry[]): Entry[] {
  let bytes = 0
  let end = 0
  for (const { body } of entries.slice(0, mostInBatch)) {
    bytes += bytesOf(body) + 1
    if (bytes > mostBatchBytes && end) break
    end++
  }
  return entries.slice(0, end)
}

/** The request's body. The list is put together by hand: pages have been seen to teach arrays a toJSON of their own. */
export const bodyOf = (entries: readonly Entry[]): string =>
  `{"sentAt":"${new Date().toISOString()}","events":[${entries.map(({ body }) => body).join()}]}`

/** Takes the oldest entries away until the rest is within bounds; answers their ids. What is under way stays. */
export function trim(entries: Entry[]): string[] {
  let bytes = entries.reduce((sum, { body }) => sum + bytesOf(body), 0)
  const gone: string[] = []
  for (let i = 0; i < entries.length && (entries.length > mostWaiting || bytes > mostWaitingBytes); ) {
    const { sent, body, id } = entries[i]!
    if (sent) i++
    else {
      entries.splice(i, 1)
      bytes -= bytesOf(body)
      gone.push(id)
    }
  }
  return gone
}
