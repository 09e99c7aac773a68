import type { EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Draft, Tools } from './draft.ts'
import { parseAgent, visitorAgent } from './user-agent.ts'

/** Finds device, browser and system in the user agent and the client hints. */
export function putDevice(draft: Draft, { agents }: Tools): void {
  const { envelope, found } = draft
  const text = visitorAgent(draft)
  if (text === '') return
  const key = withHints(text, envelope)
  let agent = agents.get(key)
  if (agent === undefined) {
    agent = parseAgent(text, envelope)
    agents.set(key, agent)
  }
  found.deviceType = agent.deviceType
  found.browser = agent.browser
  found.browserVersion = agent.browserVersion
  found.os = agent.os
  found.osVersion = agent.osVersion
}

function withHints(agent: string, hints: EventEnvelope): string {
  const { hintPlatform, hintPlatformVersion, hintMobile, hintModel } = hints
  if (hintPlatform === '' && hintModel === '' && !hintMobile) return agent
  return [agent, hintPlatform, hintPlatformVersion, hintModel, hintMobile]
    .map((part) => `${part}`.slice(0, 500))
    .join('\n')
}
