import type { Capture } from '../recording.ts'
import { plainAddress } from './elements.ts'
import { listen } from './listen.ts'

const mostMessage = 200
/** A page that fails in a loop would tell the same for ever. */
const mostFailures = 20

/** Records errors of the page's own scripts that nobody caught, each once. */
export function captureFailures(into: Capture): void {
  const told = new Set<string>()
  const tell = (message: string, file = '', line = 0): void => {
    const properties = { message: message.slice(0, mostMessage), file: file && plainAddress(file), line }
    const name = `${properties.message} ${properties.file} ${line}`
    if (told.has(name) || told.size >= mostFailures) return
    told.add(name)
    into.record({ custom: { name: 'error' } }, properties)
  }
  // A resource that could not be loaded raises the same event, without a message.
  listen(
    into,
    ['error'],
    ({ message, filename, lineno }) => message && tell(message, filename || location.href, lineno),
  )
  listen(into, ['unhandledrejection'], ({ reason }) => tell(String((reason as Error | undefined)?.message ?? reason)))
}
