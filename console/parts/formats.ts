const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const twoDigits = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** "12,345". */
export const formatCount = (count: number): string => whole.format(count)

/** "12.3K" from ten thousand on; before it "9,876". */
export const formatShort = (count: number): string =>
  Math.abs(count) < 10_000 ? whole.format(count) : short.format(count)

/** A share of 1 as "42.1%". */
export const formatShare = (share: number): string => `${oneDigit.format(share * 100)}%`

/** "2.37". */
export const formatRatio = (ratio: number): string => twoDigits.format(ratio)

/** Seconds as "45s", "2m 05s" or "1h 04m". */
export function formatDuration(seconds: number): string {
  const rounded = Math.round(seconds)
  if (rounded < 60) return `${rounded}s`
  const two = (number: number): string => String(number).padStart(2, '0')
  if (rounded < 3_600) return `${Math.floor(rounded / 60)}m ${two(rounded % 60)}s`
  return `${Math.floor(rounded / 3_600)}h ${two(Math.floor((rounded % 3_600) / 60))}m`
}

/** How a number differs from the one before. A base of zero has no percentage: it is new. */
export interface Change {
  readonly kind: 'up' | 'down' | 'same' | 'new'
  readonly text: string
}

/** The change from `before` to `now`; shares are compared in points. */
export function changeOf(now: number, before: number, unit: 'relative' | 'points' = 'relative'): Change {
  if (unit === 'points') {
    const points = Math.round((now - before) * 1_000) / 10
    return { kind: direction(points), text: points === 0 ? '0 pp' : `${oneDigit.format(Math.abs(points))} pp` }
  }
  if (before === 0) return now === 0 ? { kind: 'same', text: '0%' } : { kind: 'new', text: 'new' }
  const percent = ((now - before) / before) * 100
  const rounded = Math.abs(percent) < 10 ? Math.round(percent * 10) / 10 : Math.round(percent)
  return { kind: direction(rounded), text: `${oneDigit.format(Math.abs(rounded))}%` }
}

const direction = (number: number): Change['kind'] => (number > 0 ? 'up' : number < 0 ? 'down' : 'same')

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options)
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options })
  formatters.set(key, made)
  return made
}

/** A moment in a zone: "14:03:20". */
export const formatTime = (ms: number, zone: string): string =>
  formatterOf(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms)

/** A moment in a zone: "22 Nov, 14:03". */
export const formatMoment = (ms: number, zone: string): string =>
  formatterOf(zone, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(ms)

/** A moment in a zone: "22 Nov 2026, 14:03:20". */
export const formatExactly = (ms: number, zone: string): string =>
  formatterOf(zone, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(ms)

/** A day: "22 Nov" or "22 Nov 2026". */
export function formatDay(day: string, { year = false }: { year?: boolean } = {}): string {
  const options = { day: 'numeric', month: 'short', ...(year && { year: 'numeric' as const }) } as const
  return formatterOf('UTC', options).format(Date.parse(`${day}T00:00:00Z`))
}

/** Days: "16 Nov – 22 Nov 2026". */
export function formatDays(first: string, last: string): string {
  if (first === last) {
    const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const
    return formatterOf('UTC', options).format(Date.parse(`${first}T00:00:00Z`))
  }
  const whole = first.endsWith('-01') && first.slice(0, 7) === last.slice(0, 7) && isLastOfMonth(last)
  if (whole) return formatterOf('UTC', { month: 'long', year: 'numeric' }).format(Date.parse(`${first}T00:00:00Z`))
  const sameYear = first.slice(0, 4) === last.slice(0, 4)
  return `${formatDay(first, { year: !sameYear })} – ${formatDay(last, { year: true })}`
}

const isLastOfMonth = (day: string): boolean => {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000)
  return next.getUTCDate() === 1
}

/** How an interval is called under a chart. */
export function formatInterval(ms: number, { zone, interval }: { zone: string; interval: string }): string {
  if (interval === 'hour') return formatterOf(zone, { hour: '2-digit', minute: '2-digit' }).format(ms)
  if (interval === 'month') return formatterOf(zone, { month: 'short', year: '2-digit' }).format(ms)
  return formatterOf(zone, { day: 'numeric', month: 'short' }).format(ms)
}

/** How an interval is called where there is room: "Sun, 22 Nov, 14:00". */
export function formatIntervalLong(ms: number, { zone, interval }: { zone: string; interval: string }): string {
  if (interval === 'month') return formatterOf(zone, { month: 'long', year: 'numeric' }).format(ms)
  const hour = interval === 'hour' ? ({ hour: '2-digit', minute: '2-digit' } as const) : {}
  return formatterOf(zone, { weekday: 'short', day: 'numeric', month: 'short', ...hour }).format(ms)
}
/** How long ago: "3s", "5m", "2h", "4d". */
export function formatAgo(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1_000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
