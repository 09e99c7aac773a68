import { isbot, isbotMatch } from 'isbot'
import { cutText } from './cut-text.ts'

/** Long enough to recognise the bot, short enough to group by. */
const reasonBytesMax = 64

/** Of a visitor who does not say what it looks through: browsers always do. */
export const emptyAgent = 'empty user agent'

/**
 * By what a user agent is recognised as a bot's; empty: it is none. Marked events are stored; metrics leave them out.
 * docs/bots.md says how it does on real agents.
 */
export function botReason(agent: string): string {
  // An access log writes "-" for none.
  if (!/[\p{L}\p{N}]/u.test(agent)) return emptyAgent
  const said = withoutChromeFrame(agent)
  return isbot(said) ? cutText(`user agent: ${isbotMatch(said) ?? ''}`, reasonBytesMax) : ''
}

/**
 * Chrome Frame was a plug-in that people had in their Internet Explorer; the list of bots has its name because crawlers once
 * used it as well. Any other mark in such an agent still counts.
 */
function withoutChromeFrame(agent: string): string {
  return agent.includes('chromeframe') ? agent.replace(chromeFrame, '$1') : agent
}

const chromeFrame = /^(Mozilla\/[45]\.0 \(compatible; MSIE \d[^()]{0,400}?); ?chromeframe(?:\/[\d.]{1,40})?(?=[;)])/
