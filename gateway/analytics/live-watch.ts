import { setTimeout as sleep } from 'node:timers/promises'
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import {
  LiveRequestSchema,
  type LiveResponseSchema,
  type StreamLiveRequest,
  type StreamLiveResponseSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { RequestError } from '../errors.ts'
import type { Caller, Reading } from './answer.ts'
import { live } from './live.ts'
import { stored } from './run-statement.ts'

/** What happens now. */
type Live = MessageInitShape<typeof LiveResponseSchema>

/** Who watches. */
export interface Viewer extends Caller {
  /** Ends the watching. */
  readonly signal: AbortSignal
  /** Asked every few seconds whether the viewer still may. @throws RequestError when not */
  readonly check: () => Promise<unknown>
}

/** Tells every viewer of live figures when they change. @throws RequestError as Live does, and TOO_MANY_QUESTIONS */
export type LiveWatch = (
  request: StreamLiveRequest,
  viewer: Viewer,
) => AsyncGenerator<MessageInitShape<typeof StreamLiveResponseSchema>>

/** How often one look at the company's mark tells whether anything was stored, whatever the number of its viewers. */
const lookEveryMs = 500
/** Without a new event the figures change too: visitors leave, and the rate falls. */
const askEveryMs = 5_000
/** Proxies end connections that say nothing, mostly after a minute; and the moment of completeness moves on. */
const tellEveryMs = 15_000
const checkEveryMs = 5_000
/** Each question of a company is asked once for all who watch it. What is more is told so, and may poll. */
const mostQuestions = 8
const mostViewers = 100

/** A question that is watched. */
interface Watched {
  readonly ask: () => Promise<Live>
  viewers: number
  /** Counts what was told; 0: nothing yet. */
  told: number
  latest: Live | undefined
  failure: unknown
  mark: string
  askedAtMs: number
  toldAtMs: number
  changed: PromiseWithResolvers<void>
}

type Company = Map<string, Watched>

const markSql = 'select coalesce(sum(stored), 0)::text as mark from company_mark where company_id = $1'

/** One reader a company, however many watch. */
export function createLiveWatch(reading: Reading): LiveWatch {
  const companies = new Map<number, Company>()

  const read = async (companyId: number, company: Company): Promise<void> => {
    while (company.size > 0) {
      try {
        const [row] = await stored(reading.db.query<{ mark: string }>(markSql, [companyId]))
        await Promise.all([...company.values()].map((watched) => renew(watched, row!.mark)))
      } catch (error) {
        for (const watched of company.values()) fail(watched, error)
      }
      await sleep(lookEveryMs)
    }
    companies.delete(companyId)
  }

  const join = (request: StreamLiveRequest, { companyId }: Caller) => {
    const known = companies.get(companyId)
    const company: Company = known ?? new Map()
    const { siteIds, includeBots, filters, limit } = request
    const question = create(LiveRequestSchema, { siteIds, includeBots, filters, limit })
    const key = JSON.stringify(question)
    const watched = company.get(key) ?? watch(() => live(reading, question, { companyId }))
    const viewers = [...company.values()].reduce((sum, one) => sum + one.viewers, 0)
    if (viewers >= mostViewers || (!company.has(key) && company.size >= mostQuestions)) {
      throw new RequestError('TOO_MANY_QUESTIONS')
    }
    watched.viewers += 1
    company.set(key, watched)
    companies.set(companyId, company)
    if (!known) void read(companyId, company)
    const leave = (): void => {
      watched.viewers -= 1
      if (watched.viewers === 0 && company.get(key) === watched) company.delete(key)
    }
    // Whoever comes later begins anew instead of failing too.
    const forget = (): void => {
      if (company.get(key) === watched) company.delete(key)
    }
    return { watched, leave, forget }
  }

  return async function* follow(request, viewer) {
    const { watched, leave, forget } = join(request, viewer)
    try {
      for await (const live of tell(watched, viewer)) yield { live }
    } catch (error) {
      if (watched.failure) forget()
      throw error
    } finally {
      leave()
    }
  }
}

const watch = (ask: () => Promise<Live>): Watched => ({
  ask,
  viewers: 0,
  told: 0,
  latest: undefined,
  failure: undefined,
  mark: '',
  askedAtMs: 0,
  toldAtMs: 0,
  changed: Promise.withResolvers(),
})

/** Asks anew where something was stored, or much time has passed; tells what is new. */
async function renew(watched: Watched, mark: string): Promise<void> {
  const nowMs = performance.now()
  if (watched.told > 0 && watched.mark === mark && nowMs - watched.askedAtMs < askEveryMs) return
  try {
    const answer = await watched.ask()
    const isNew = !watched.latest || figuresOf(answer) !== figuresOf(watched.latest)
    Object.assign(watched, { mark, askedAtMs: nowMs })
    if (isNew || nowMs - watched.toldAtMs >= tellEveryMs) {
      Object.assign(watched, { latest: answer, toldAtMs: nowMs, told: watched.told + 1 })
      notify(watched)
    }
  } catch (error) {
    fail(watched, error)
  }
}

function fail(watched: Watched, error: unknown): void {
  watched.failure = error
  notify(watched)
}

function notify(watched: Watched): void {
  watched.changed.resolve()
  watched.changed = Promise.withResolvers()
}

/** What a viewer sees of an answer. */
const figuresOf = ({ visitors, eventsPerSecond, events }: Live): string =>
  JSON.stringify([visitors, eventsPerSecond, events?.map(({ eventId }) => eventId)])

/** Only the latest counts: a viewer who is slow misses what was between. */
async function* tell(watched: Watched, { signal, check }: Viewer): AsyncGenerator<Live> {
  let seen = 0
  while (!signal.aborted) {
    if (watched.failure) throw watched.failure
    if (watched.latest && watched.told > seen) {
      seen = watched.told
      yield watched.latest
    } else {
      await Promise.race([watched.changed.promise, pause(signal)])
      await check()
    }
  }
}

const pause = (signal: AbortSignal): Promise<void> => sleep(checkEveryMs, undefined, { signal }).catch(() => undefined)
