/** How a body is sent. */
export type Encoding = 'br' | 'gzip' | 'identity'

/** The best encoding that an accept-encoding header names and does not rule out with q=0. */
export function encodingOf(accepted: string): Encoding {
  const takes = new Set(
    accepted.split(',').flatMap((one) => {
      const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase())
      return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : name
    }),
  )
  return takes.has('br') ? 'br' : takes.has('gzip') ? 'gzip' : 'identity'
}
