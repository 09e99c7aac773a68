import { type FormatName, fastFormats, fullFormats } from 'ajv-formats/dist/formats.js'

/** Longer texts have none of the formats, which keeps every check of one short. */
const mostCharacters = 2_048

/**
 * The formats of JSON Schema that a schema may ask for. Those of `fast` are written without nested repetition; the complete
 * rule of e-mail addresses takes time that grows with the square of the text.
 */
const definitions = {
  date: fullFormats.date,
  time: fullFormats.time,
  'date-time': fullFormats['date-time'],
  duration: fullFormats.duration,
  email: fastFormats.email,
  hostname: fullFormats.hostname,
  ipv4: fullFormats.ipv4,
  ipv6: fullFormats.ipv6,
  uuid: fullFormats.uuid,
  uri: fastFormats.uri,
} satisfies Partial<Record<FormatName, unknown>>

/** The formats by name, as ajv takes them. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = Object.fromEntries(
  Object.entries(definitions).map(([name, definition]) => {
    const check = checkOf(definition)
    return [name, (text: string) => text.length <= mostCharacters && check(text)]
  }),
)

function checkOf(definition: unknown): (text: string) => boolean {
  if (definition instanceof RegExp) return (text) => definition.test(text)
  if (typeof definition === 'function') return definition as (text: string) => boolean
  return checkOf((definition as { validate: unknown }).validate)
}
