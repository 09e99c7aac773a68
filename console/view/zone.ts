import { addDays, type Day } from './dates.ts'

/** Wall clocks of a time zone; the first use of a zone costs about a millisecond. */
const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-CA-u-hc-h23', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    clocks.set(zone, clock)
  }
  return clock
}

/** What the clocks of a zone show, as if it were UTC. */
function wallMs(ms: number, zone: string): number {
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** The day it is at that moment in that zone. */
export const dayIn = (ms: number, zone: string): Day => new Date(wallMs(ms, zone)).toISOString().slice(0, 10)

/** When a day begins in a zone: at the first moment whose date it is, also where the clocks leave midnight out or repeat it. */
export function startOfDay(day: Day, zone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  const around = [midnight - 86_400_000, midnight + 86_400_000]
  const offsets = around.map((ms) => wallMs(ms, zone) - ms)
  const starts = offsets.map((offset) => midnight - offset).sort((a, b) => a - b)
  return starts.find((ms) => dayIn(ms, zone) === day) ?? midnight
}

/** When a day ends in a zone. */
export const endOfDay = (day: Day, zone: string): number => startOfDay(addDays(day, 1), zone)

/** Whether this browser knows the zone. */
export function isZone(zone: string): boolean {
  try {
    return clockOf(zone) !== undefined
  } catch {
    return false
  }
}

/** What the clocks of a zone show, to the minute, as a field for date and time has it: "2026-11-22T14:03". */
export const wallTextOf = (ms: number, zone: string): string => new Date(wallMs(ms, zone)).toISOString().slice(0, 16)

/**
 * The moment at which the clocks of a zone show that; where they show it twice the first, where they leave it out as much later
 * as they leave out. NaN for what is no time.
 */
export function momentOf(text: string, zone: string): number {
  const wall = Date.parse(`${text}Z`)
  if (Number.isNaN(wall)) return Number.NaN
  const around = [wall - 86_400_000, wall + 86_400_000].map((ms) => wall - (wallMs(ms, zone) - ms))
  const found = around.toSorted((a, b) => a - b)
  return found.find((ms) => wallMs(ms, zone) === wall) ?? found.at(-1) ?? wall
}
