import { create, type DescField, type DescMessage, type Message, type MessageInitShape } from '@bufbuild/protobuf'

/** Fields besides ids that say what a change was about. A secret is never among them. */
const telling: ReadonlySet<string> = new Set(['name', 'email', 'role', 'kind', 'mode', 'label', 'title', 'scopes'])
const mostCharacters = 200
const mostParts = 20

/**
 * What of a request or response an audit entry keeps: ids and names, such as "site_id 3" and "name Shop", of the message
 * itself and of the messages right in it. A list is told by how many it has, and passwords, tokens and texts of keys never.
 */
export function targetOf(desc: DescMessage, said: Message | MessageInitShape<DescMessage>): readonly string[] {
  return partsOf(desc, create(desc, said as MessageInitShape<DescMessage>), true).slice(0, mostParts)
}

function partsOf(desc: DescMessage, message: Message, deep: boolean): string[] {
  const values = message as unknown as Readonly<Record<string, unknown>>
  return desc.fields.flatMap((field) => {
    const value = values[field.localName]
    if (field.fieldKind === 'message' && deep && value !== undefined) {
      // Google's own, such as a time or a schema, have no ids.
      return field.message.file.name.startsWith('google/') ? [] : partsOf(field.message, value as Message, false)
    }
    const text = /(^|_)ids?$/.test(field.name) || telling.has(field.name) ? textOf(field, value) : ''
    return text === '' ? [] : [`${field.name} ${text}`]
  })
}

function textOf(field: DescField, value: unknown): string {
  if (value === undefined || value === '' || value === 0 || value === 0n) return ''
  if (field.fieldKind === 'scalar') return cut(String(value))
  if (field.fieldKind === 'enum') return field.enum.value[value as number]?.name ?? String(value)
  if (field.fieldKind !== 'list' || !Array.isArray(value) || value.length === 0) return ''
  return value.length > 3 ? `${value.length} of them` : cut(value.map(String).join(' '))
}

/** One line, and never longer than a line should be: it may be a stranger's. */
const cut = (text: string): string =>
  [...text.replace(/\p{Cc}/gu, ' ').toWellFormed()].slice(0, mostCharacters).join('')
