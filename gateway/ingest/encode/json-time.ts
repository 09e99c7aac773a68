/** The length of each month but February. */
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const zero = 0x30
const letterZ = 0x5a

/**
 * Whole seconds since 1970 of a time of RFC 3339 in UTC, such as "2026-11-22T09:00:00.123Z", of the years 1970 to 9999.
 * NaN: it is another form, or no time. The fraction is `nanosOf`'s.
 */
export function secondsOf(text: string): number {
  if (text.length < 20 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return Number.NaN
  if (text[13] !== ':' || text[16] !== ':') return Number.NaN
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  // Written so that NaN is no time.
  const isDay = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
  if (!isDay || !(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1_000
}

/** Nanoseconds of such a time, of what stands behind its whole seconds: nothing or a fraction, and Z. NaN: something else. */
export function nanosOf(text: string): number {
  const end = text.length - 1
  if (text.charCodeAt(end) !== letterZ) return Number.NaN
  if (end === 19) return 0
  const places = end - 20
  if (text[19] !== '.' || places < 1 || places > 9) return Number.NaN
  return digits(text, 20, end) * 10 ** (9 - places)
}

/** The number of these decimal digits; NaN if one is none. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - zero
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return monthDays[month - 1]!
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
}
