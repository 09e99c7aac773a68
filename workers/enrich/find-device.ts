import type { Agent, Tools, Visit } from './draft.ts'
import { botReason } from './mark-bots.ts'
import { isBrowserDoor, parseAgent, visitorAgent } from './user-agent.ts'

const nothing: Agent = { deviceType: '', browser: '', browserVersion: '', os: '', osVersion: '', botReason: '' }
/** Browsers always say what they are. Servers that send for their visitors need not. */
const silentBrowser: Agent = { ...nothing, botReason: 'empty user agent' }

/** Finds device, browser and system in the user agent and the client hints, and whether it is a bot's. */
export function findDevice(visit: Visit, { agents }: Tools): Agent {
  const text = visitorAgent(visit)
  if (text === '') return isBrowserDoor(visit.door) ? silentBrowser : nothing
  const key = withHints(text, visit)
  let agent = agents.get(key)
  if (agent === undefined) {
    agent = { ...parseAgent(text, visit), botReason: botReason(text) }
    agents.set(key, agent)
  }
  return agent
}

function withHints(agent: string, hints: Visit): string {
  const { hintPlatform, hintPlatformVersion, hintMobile, hintModel } = hints
  if (hintPlatform === '' && hintModel === '' && !hintMobile) return agent
  return [agent, hintPlatform, hintPlatformVersion, hintModel, hintMobile]
    .map((part) => `${part}`.slice(0, 500))
    .join('\n')
}
