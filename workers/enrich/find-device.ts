import { createHash } from 'node:crypto'
import { cutText } from './cut-text.ts'
import type { Agent, Tools, Visit } from './draft.ts'
import { botReason, emptyAgent } from './mark-bots.ts'
import { repairText } from './storable-text.ts'
import { isBrowserDoor, parseAgent, visitorAgent } from './user-agent.ts'

/** User agents come from a request's header, which has no limit in the contract: cut, never refused. */
const userAgentBytesMax = 2048

const nothingRead = { deviceType: '', browser: '', browserVersion: '', os: '', osVersion: '', botReason: '' }
const nothing: Agent = { key: undefined, userAgent: '', ...nothingRead }
/** Browsers always say what they are. Servers that send for their visitors need not. */
const silentBrowser: Agent = { ...nothing, botReason: emptyAgent }

/** Finds device, browser and system in the user agent and the client hints, and whether it is a bot's. */
export function findDevice(visit: Visit, { agents }: Tools): Agent {
  const { userAgent } = visit
  if (userAgent === '') return isBrowserDoor(visit.door) ? silentBrowser : nothing
  const said = userAgent.length > userAgentBytesMax ? userAgent.slice(0, userAgentBytesMax) : userAgent
  const ofVisitor = visitorAgent(visit)
  // A line feed cannot be in a header, so the two kinds are kept apart.
  const known = ofVisitor === '' ? `\n${said}` : withHints(said, visit)
  let agent = agents.get(known)
  if (agent === undefined) {
    const read = ofVisitor === '' ? nothingRead : { ...parseAgent(ofVisitor, visit), botReason: botReason(ofVisitor) }
    agent = withKey({ userAgent: cutText(repairText(said), userAgentBytesMax), ...read })
    agents.set(known, agent)
  }
  return agent
}

function withHints(agent: string, hints: Visit): string {
  const { hintPlatform, hintPlatformVersion, hintMobile, hintModel } = hints
  if (hintPlatform === '' && hintModel === '' && !hintMobile) return agent
  const parts = [hintPlatform, hintPlatformVersion, hintModel, hintMobile].map((part) => `${part}`.slice(0, 500))
  return [agent, ...parts].join('\n')
}

/** The key is made of the content: what reads the same is the same, and another parser's reading is another agent. */
function withKey(agent: Omit<Agent, 'key'>): Agent {
  const { userAgent, deviceType, browser, browserVersion, os, osVersion } = agent
  const content = [userAgent, deviceType, browser, browserVersion, os, osVersion].join('\n')
  return { key: createHash('sha256').update(content).digest().readBigInt64BE(), ...agent }
}
