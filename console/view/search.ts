/** The parameters of an address; what is given more than once is a list. */
export type Search = Readonly<Record<string, string | readonly string[] | undefined>>

/** Reads the part of an address behind the question mark. Nothing is guessed: "7" stays a text. */
export function parseSearch(text: string): Search {
  const found: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of new URLSearchParams(text)) {
    const before = found[name]
    found[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return { ...found }
}

/** Writes it, with the question mark; commas and colons stay readable. */
export function writeSearch(search: Search): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) if (typeof one === 'string') parameters.append(name, one)
  }
  const text = parameters.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/')
  return text === '' ? '' : `?${text}`
}

/** The first value of a parameter. */
export function textOf(search: Search, name: string): string | undefined {
  const value = search[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** All values of a parameter. */
export function textsOf(search: Search, name: string): readonly string[] {
  const value = search[name]
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}
