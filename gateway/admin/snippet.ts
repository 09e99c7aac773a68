/** How whoever asks has called the gateway. */
export interface CalledAs {
  /** Host and port, as the request says; absent: it does not say. */
  readonly host?: string | undefined
  /** Whether it came in at the HTTP port: pages can use the same host then, and else only its name. */
  readonly byHttp: boolean
}

/** Where this gateway's HTTP port is. */
export interface HttpPlace {
  /** Origin by which browsers reach it, such as "https://events.example.com"; empty: as whoever asks has called it. */
  readonly publicUrl: string
  readonly host: string
  /** The port in use, which is known once it is open. */
  readonly port: () => number
}

/** The origin that pages take the tracker from. */
export function originFor(called: CalledAs, place: HttpPlace): string {
  if (place.publicUrl) return place.publicUrl
  const url = called.host && /^[\w.:[\]-]+$/.test(called.host) ? `http://${called.host}` : ''
  if (!URL.canParse(url)) return `http://${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port()}`
  return called.byHttp ? url : `http://${new URL(url).hostname}:${place.port()}`
}

/** What goes into the pages of a website; whoever pastes it puts the text of a write key for KEY, which nobody else has. */
export const snippetOf = (origin: string): string =>
  `<script defer src="${escapeHtml(origin)}/tracker.js" data-key="KEY"></script>`

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)
