import { Door } from '../../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Arrival, Tools, Visit } from '../../../workers/enrich/draft.ts'
import { findArrival } from '../../../workers/enrich/find-arrival.ts'
import { findDevice } from '../../../workers/enrich/find-device.ts'
import { RecentCache } from '../../../workers/enrich/recent-cache.ts'
import { browsers } from '../../simulate/devices.ts'
import { places } from '../../simulate/places.ts'
import type { Weighted } from '../../simulate/random.ts'
import { sources } from '../../simulate/site.ts'

/** Visitors draw what they are like by a number below this. */
const slots = 1_000
const origin = 'https://www.example.com'
const pageCount = 2_000

const tools = (): Tools => ({
  lookup: () => undefined,
  agents: new RecentCache(1_000),
  arrivals: new RecentCache(2 * slots),
})

const nothing: Visit = {
  url: '',
  referrer: '',
  userAgent: '',
  saysAgent: false,
  door: Door.BEACON,
  hintPlatform: '',
  hintPlatformVersion: '',
  hintMobile: false,
  hintModel: '',
  ipAddress: '',
  countryHeader: '',
}

/** Rows of the table traffic_agents, and the agents themselves as `store_user_agents` takes them after the company. */
export function agentWords() {
  const shared = tools()
  return spread(browsers, slots).map((browser, slot) => {
    const agent = findDevice({ ...nothing, userAgent: browser.userAgent }, shared)
    const { deviceType, os, userAgent, browserVersion, osVersion } = agent
    return {
      slot,
      agent_key: String(agent.key),
      device_type: deviceType,
      browser: agent.browser,
      os,
      screen: browser.screen.join('x'),
      viewport: browser.viewport.join('x'),
      width: browser.viewport[0],
      stored: [String(agent.key), userAgent, deviceType, agent.browser, browserVersion, os, osVersion],
    }
  })
}

/** Rows of the table traffic_places. Each place of the simulator has three cities. */
export function placeWords() {
  return spread(places, slots).map((place, slot) => ({
    slot,
    network: place.network,
    country: place.country,
    region: `${place.country} ${place.network.split('.')[0]}`,
    city: `${place.timeZone.split('/').at(-1)!.replaceAll('_', ' ')} ${1 + (slot % 3)}`,
    language: place.language,
    time_zone: place.timeZone,
  }))
}

/** Rows of the table traffic_sources: the simulator's, a hundred other sites and fifty campaigns of a newsletter. */
export function sourceWords() {
  const shared = tools()
  const others: Weighted<{ referrer: string; query: string }> = [
    ...sources,
    ...Array.from(
      { length: 100 },
      (_, n) => [{ referrer: `https://site-${n}.example/`, query: '' }, 8 / (n + 1)] as const,
    ),
    ...Array.from({ length: 50 }, (_, n) => [newsletter(n), 4 / (n + 1)] as const),
  ]
  return spread(others, slots).map(({ referrer, query }, slot) => {
    const found = findArrival({ ...nothing, url: `${origin}/${query}`, referrer }, shared)
    return { slot, referrer, query, ...said(found) }
  })
}

const newsletter = (n: number) => ({
  referrer: '',
  query: `?utm_source=newsletter&utm_medium=email&utm_campaign=week-${n}&utm_content=${n % 2 ? 'top' : 'end'}`,
})

/** What is not known is null. */
const said = ({ referrerDomain, channel, utmSource, utmMedium, utmCampaign, utmTerm, utmContent }: Arrival) => ({
  referrer_domain: referrerDomain || null,
  channel: channel || null,
  utm_source: utmSource || null,
  utm_medium: utmMedium || null,
  utm_campaign: utmCampaign || null,
  utm_term: utmTerm || null,
  utm_content: utmContent || null,
})

/** Rows of the table traffic_pages, those seen most often first. */
export function pageWords() {
  const known = ['/', '/products', '/pricing', '/signup', '/cart', '/checkout', '/blog', '/account', '/search', '/help']
  return Array.from({ length: pageCount }, (_, n) => {
    const path = known[n] ?? (n % 3 ? `/products/item-${n}` : `/blog/article-${n}`)
    return { place: n + 1, path, title: `${path.slice(1) || 'Home'} – Example` }
  })
}

/** So many choices, each as often as its weight says. */
function spread<T>(choices: Weighted<T>, count: number): T[] {
  const all = choices.reduce((sum, [, weight]) => sum + weight, 0)
  let before = 0
  const chosen: T[] = []
  for (const [choice, weight] of choices) {
    before += weight
    while (chosen.length < Math.round((before / all) * count)) chosen.push(choice)
  }
  return chosen
}
