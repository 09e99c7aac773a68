/** A day of the calendar, such as "2026-11-22"; days compare as texts do. */
export type Day = string

const dayMs = 86_400_000

const toMs = (day: Day): number => Date.parse(`${day}T00:00:00Z`)
const fromMs = (ms: number): Day => new Date(ms).toISOString().slice(0, 10)

/** Whether a text is a day that exists, from 2000 to 2099. */
export const isDay = (text: string): boolean =>
  /^20\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(toMs(text)) && fromMs(toMs(text)) === text

/** So many days later; earlier if negative. */
export const addDays = (day: Day, days: number): Day => fromMs(toMs(day) + days * dayMs)

/** How many days lie from one to the other. */
export const daysBetween = (from: Day, to: Day): number => Math.round((toMs(to) - toMs(from)) / dayMs)

/** The same day so many months later, or the last day of that month if it is shorter. */
export function addMonths(day: Day, months: number): Day {
  const date = new Date(toMs(day))
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1))
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate()
  target.setUTCDate(Math.min(date.getUTCDate(), last))
  return fromMs(target.getTime())
}

export const firstOfMonth = (day: Day): Day => `${day.slice(0, 7)}-01`
export const lastOfMonth = (day: Day): Day => addDays(addMonths(firstOfMonth(day), 1), -1)
export const firstOfYear = (day: Day): Day => `${day.slice(0, 4)}-01-01`
export const lastOfYear = (day: Day): Day => `${day.slice(0, 4)}-12-31`
