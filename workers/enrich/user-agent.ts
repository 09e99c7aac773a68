import UAParser from 'ua-parser-js'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Agent, Visit } from './draft.ts'

/** Parsing is a few hundred regular expressions over the text; real agents are far shorter than this. */
const agentLengthMax = 500

/**
 * The visitor's user agent, cut to a length that is safe to parse. Empty where only the sender's own program is known:
 * a server that sends through gRPC or the JSON API without `device.user_agent` introduces itself as `grpc-node-js/1.14`
 * or `curl/8.5`, which says nothing of its visitors and must not make bots of them.
 */
export function visitorAgent({ userAgent: agent, saysAgent, door }: Visit): string {
  if (!saysAgent && !isBrowserDoor(door) && !agent.startsWith('Mozilla/')) return ''
  return agent.length > agentLengthMax ? agent.slice(0, agentLengthMax) : agent
}

/** Doors that only a visitor's own browser uses. */
export function isBrowserDoor(door: Door): boolean {
  return door === Door.BEACON || door === Door.PIXEL
}

/** What the user agent and the client hints say; the hints win, because browsers froze the agent's version numbers. */
export function parseAgent(agent: string, hints: Visit): Omit<Agent, 'key' | 'userAgent' | 'botReason'> {
  const { browser, device, os } = UAParser(withModel(agent, hints.hintModel))
  const osName = osNames.get(hints.hintPlatform) ?? osNames.get(os.name ?? '') ?? os.name ?? ''
  return {
    deviceType: deviceType(device.type, { mobile: hints.hintMobile, os: osName }),
    browser: browser.name ?? '',
    browserVersion: /^\d+/.exec(browser.version ?? '')?.[0] ?? '',
    os: osName,
    osVersion: hintedVersion(osName, hints.hintPlatformVersion) || shortVersion(os.version ?? ''),
  }
}

/** Names of systems as this project writes them, by those of the parser and of `sec-ch-ua-platform`. */
const osNames: ReadonlyMap<string, string> = new Map([
  ['Android', 'Android'],
  ['Chrome OS', 'Chrome OS'],
  ['Chromium OS', 'Chrome OS'],
  ['iOS', 'iOS'],
  ['Linux', 'Linux'],
  ['Mac OS', 'macOS'],
  ['macOS', 'macOS'],
  ['Windows', 'Windows'],
])

/** Chrome writes "K" for every model; the hint names the real one, by which tablets are told from phones. */
function withModel(agent: string, model: string): string {
  return model === '' ? agent : agent.replace('; K)', () => `; ${model.slice(0, 40)})`)
}

const handheldOs = new Set(['Android', 'iOS', 'Windows Phone', 'KaiOS', 'HarmonyOS'])

function deviceType(parsed: string | undefined, said: { mobile: boolean; os: string }): string {
  if (parsed === 'embedded' || parsed === 'xr') return 'wearable'
  if (parsed !== undefined) return parsed
  if (said.mobile) return 'mobile'
  if (said.os === '') return ''
  return handheldOs.has(said.os) ? 'tablet' : 'desktop'
}

/** The agent says "Windows NT 10.0" for ever; the hint numbers builds: 13 and above is Windows 11. */
function hintedVersion(os: string, hint: string): string {
  const major = Number.parseInt(hint, 10)
  if (Number.isNaN(major)) return ''
  if (os !== 'Windows') return shortVersion(hint)
  if (major >= 13) return '11'
  if (major >= 1) return '10'
  return oldWindows.get(hint.slice(0, 3)) ?? ''
}

const oldWindows: ReadonlyMap<string, string> = new Map([
  ['0.3', '8.1'],
  ['0.2', '8'],
  ['0.1', '7'],
])

/** Major and minor number; "14.0.0" is "14". Finer would make every group tiny. */
function shortVersion(version: string): string {
  const [, major = version.slice(0, 20), minor = '0'] = /^(\d{1,9})(?:\.(\d{1,9}))?/.exec(version) ?? []
  return minor === '0' ? major : `${major}.${minor}`
}
