import { isbot, isbotMatch } from 'isbot'
import { cutText } from './cut-text.ts'

/** Long enough to recognise the bot, short enough to group by. */
const reasonBytesMax = 64

/** By what a user agent is recognised as a bot's; empty: it is none. Marked events are stored; metrics leave them out. */
export function botReason(agent: string): string {
  return isbot(agent) ? cutText(`user agent: ${isbotMatch(agent) ?? ''}`, reasonBytesMax) : ''
}
