import { cutText } from './cut-text.ts'
import type { Arrival, Draft } from './draft.ts'

type CampaignField = 'utmSource' | 'utmMedium' | 'utmCampaign' | 'utmTerm' | 'utmContent'

const campaignFields: ReadonlyMap<string, CampaignField> = new Map<string, CampaignField>([
  ['utm_source', 'utmSource'],
  ['utm_medium', 'utmMedium'],
  ['utm_campaign', 'utmCampaign'],
  ['utm_term', 'utmTerm'],
  ['utm_content', 'utmContent'],
])

/** Click ids that ad networks append to the address, and what they prove. */
const clickChannels: ReadonlyMap<string, string> = new Map([
  ['gclid', 'paid search'],
  ['gbraid', 'paid search'],
  ['wbraid', 'paid search'],
  ['msclkid', 'paid search'],
  ['yclid', 'paid search'],
  ['dclid', 'display'],
  ['ttclid', 'paid social'],
  ['twclid', 'paid social'],
  ['li_fat_id', 'paid social'],
  ['rdt_cid', 'paid social'],
  // Facebook and Instagram add these to every outbound link, paid or not.
  ['fbclid', 'social'],
  ['igshid', 'social'],
  ['mc_eid', 'email'],
  ['_hsenc', 'email'],
])

/** Campaign values are grouped by and indexed; longer ones are mistakes or attacks. `page_url` keeps the whole. */
const valueBytesMax = 200
/** Far more than any campaign link has; bounds the work on an 8 KiB query of `&&&&`. */
const parametersMax = 100

/** Finds the campaign and the click id in the page's query. The first of a repeated parameter counts. */
export function putCampaign({ found }: Draft): void {
  const query = found.pageQuery
  if (query === '') return
  let start = 0
  for (let count = 0; start < query.length && count < parametersMax; count++) {
    const next = query.indexOf('&', start)
    const end = next === -1 ? query.length : next
    putParameter(query.slice(start, end), found)
    start = end + 1
  }
}

function putParameter(pair: string, found: Arrival): void {
  const equals = pair.indexOf('=')
  if (equals < 4 || equals === pair.length - 1) return
  const name = pair.slice(0, equals)
  const field = campaignFields.get(name)
  if (field === undefined) found.clickChannel ||= clickChannels.get(name) ?? ''
  else if (found[field] === '') found[field] = readValue(pair.slice(equals + 1))
}

function readValue(raw: string): string {
  const spaced = raw.replaceAll('+', ' ')
  return cutText(decode(spaced).trim(), valueBytesMax)
}

/** A stranger's percent signs need not be an encoding; then the text stays as it is. */
function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
