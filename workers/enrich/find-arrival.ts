import { type Arrival, type Draft, nothingFound, type Tools, type Visit } from './draft.ts'
import { putCampaign } from './put-campaign.ts'
import { putChannel } from './put-channel.ts'
import { putPage } from './put-page.ts'
import { putReferrer } from './put-referrer.ts'

/** What is learned of every arrival, in this order: a step may read what earlier ones found. */
const steps: readonly ((draft: Draft) => void)[] = [putPage, putReferrer, putCampaign, putChannel]

/** Longer ones are seldom seen twice and would make the cache large: at this length an entry is 3 KB at the most. */
const remembered = 500

/** An event without a page, from a server. */
const nowhere: Arrival = nothingFound()

/** Finds page, referrer, campaign and channel, which follow from the two addresses alone. */
export function findArrival(visit: Visit, { arrivals }: Tools): Arrival {
  const { url, referrer } = visit
  if (url === '' && referrer === '') return nowhere
  if (url.length + referrer.length > remembered) return learn(visit)
  // The length says where the referrer begins: a stranger may write any mark into either of them.
  const key = `${url.length} ${url}${referrer}`
  let arrival = arrivals.get(key)
  if (arrival === undefined) {
    arrival = learn(visit)
    arrivals.set(key, arrival)
  }
  return arrival
}

function learn(visit: Visit): Arrival {
  const draft: Draft = { visit, found: nothingFound() }
  for (const step of steps) step(draft)
  return draft.found
}
