import { isbot, isbotMatch } from 'isbot'
import { cutText } from './cut-text.ts'
import type { Draft, Tools } from './draft.ts'
import { isBrowserDoor, visitorAgent } from './user-agent.ts'

/** Long enough to recognise the bot, short enough to group by. */
const reasonBytesMax = 64

/** Marks what is no person, and says by what it was recognised. Marked events are stored; metrics leave them out. */
export function markBots(draft: Draft, { botReasons }: Tools): void {
  const { envelope, found } = draft
  const agent = visitorAgent(draft)
  if (agent === '') {
    // Browsers always say what they are. Servers that send for their visitors need not.
    if (isBrowserDoor(envelope.door)) found.botReason = 'empty user agent'
  } else {
    let reason = botReasons.get(agent)
    if (reason === undefined) {
      reason = botReason(agent)
      botReasons.set(agent, reason)
    }
    found.botReason = reason
  }
  found.isBot = found.botReason !== ''
}

function botReason(agent: string): string {
  return isbot(agent) ? cutText(`user agent: ${isbotMatch(agent) ?? ''}`, reasonBytesMax) : ''
}
