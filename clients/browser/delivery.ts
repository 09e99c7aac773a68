import { bodyOf, type Entry, firstBatch, mostInBatch, trim } from './queue.ts'
import type { Say } from './telling.ts'

/** The database that keeps events; it is made when the first is kept. */
export const keepName = 'userflow'

/** Where events are kept beyond the page. */
export interface Keep {
  save(entries: readonly Entry[]): void
  remove(ids: readonly string[]): void
  /** What earlier pages left behind. */
  load(): Promise<Entry[]>
}

interface Verdicts {
  readonly accepted?: number
  readonly rejected?: readonly { readonly index?: number; readonly status?: string }[]
}

/** How long events gather: the first time (or until the page has loaded), and later. */
const loadingMs = 3_000
const firstMs = 1_000
const laterMs = 5_000
const mostAnswerMs = 30_000
const mostBackOffMs = 60_000

/** Whether nobody sees the page, which may then end without a word. */
export const isHidden = (): boolean => document.visibilityState === 'hidden'

const isOffline = (): boolean => navigator.onLine === false

/**
 * Brings events to the gateway. An event leaves the queue when its verdict has come and not before; what is sent twice
 * has the same id and counts once.
 */
export class Delivery {
  readonly #url: string
  readonly #say: Say
  // The page may replace it later.
  readonly #send = fetch
  readonly #keepsAlive = 'keepalive' in Request.prototype
  #waiting: Entry[] = []
  #keep: Keep | undefined
  #flights = 0
  #failures = 0
  /** Until then, in ms since 1970, the gateway is left alone. */
  #restUntilMs = 0
  #pauseMs = document.readyState === 'complete' ? firstMs : loadingMs
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The key was refused: whatever is sent with it will be. */
  #over = false

  constructor(url: string, say: Say) {
    this.#url = url
    this.#say = say
  }

  /** Takes an event to be sent soon. */
  add(entry: Entry): void {
    if (this.#over) return
    this.#waiting.push(entry)
    this.#trim()
    this.#save([entry])
    // What is recorded while the page leaves goes with it, but a hidden page does not press a gateway that fails.
    if (isHidden() && !this.#failures)
      Promise.resolve()
        .then(() => this.leave())
        .catch(this.#say)
    else if (this.#waiting.length >= mostInBatch) this.flush()
    else if (!this.#timer && !this.#flights) this.#schedule(this.#pauseMs)
  }

  /** Takes what earlier pages left behind, and keeps from now on what could not be sent. */
  async keepIn(keep: Keep): Promise<void> {
    const left = await keep.load()
    this.#waiting = [...left.filter(({ id }) => !this.#waiting.some((one) => one.id === id)), ...this.#waiting]
    this.#trim()
    this.#keep = keep
    this.#save(this.#waiting)
    if (left[0]) this.flush()
  }

  /** Sends the first of what waits, unless a request is under way or the gateway asked for patience. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const restMs = this.#restUntilMs - Date.now()
    if (this.#over || this.#flights || !this.#waiting[0]) return
    if (restMs > 0) this.#schedule(restMs)
    else void this.#post(firstBatch(this.#waiting))
  }

  /** Sends everything at once: the page may be gone in a moment. */
  leave(): void {
    this.#save(this.#waiting)
    if (this.#over) return
    // Requests under way survive the page where keepalive is known; elsewhere they end with it, and go again.
    let rest = this.#keepsAlive ? this.#waiting.filter(({ sent }) => !sent) : this.#waiting
    for (let batch = firstBatch(rest); batch[0]; batch = firstBatch(rest)) {
      rest = rest.slice(batch.length)
      if (this.#keepsAlive) void this.#post(batch)
      else navigator.sendBeacon(this.#url, bodyOf(batch))
    }
  }

  /** The way is free again. */
  resume(): void {
    this.#failures = this.#restUntilMs = 0
    this.flush()
  }

  /** Throws away what waits; what is kept is the caller's to remove. */
  forget(): void {
    this.#waiting = []
    this.#keep = undefined
  }

  #schedule(inMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.flush(), inMs)
  }

  #trim(): void {
    const gone = trim(this.#waiting)
    if (gone[0]) this.#say('too many wait, dropped', gone.length)
    this.#keep?.remove(gone)
  }

  #save(entries: readonly Entry[]): void {
    if (this.#failures || isOffline()) this.#keep?.save(entries)
  }

  #done(gone: readonly Entry[]): void {
    this.#waiting = this.#waiting.filter((one) => !gone.includes(one))
    this.#keep?.remove(gone.map(({ id }) => id))
  }

  /** Sends a batch; never fails. */
  async #post(batch: readonly Entry[]): Promise<void> {
    const body = bodyOf(batch)
    for (const entry of batch) entry.sent = true
    this.#flights++
    const init: RequestInit = { method: 'POST', body, keepalive: true, credentials: 'omit' }
    if (AbortSignal.timeout) init.signal = AbortSignal.timeout(mostAnswerMs)
    const send = this.#send
    let nextMs: number
    try {
      // A fetch of the page's own that throws is one more that fails.
      nextMs = await this.#heed(await send(this.#url, init), batch)
    } catch (error) {
      if (isHidden()) navigator.sendBeacon(this.#url, body)
      nextMs = this.#failed(error, 0)
    }
    for (const entry of batch) entry.sent = false
    this.#flights--
    this.#pauseMs = laterMs
    if (this.#waiting[0]) this.#schedule(nextMs)
  }

  /** Does what the answer says, and tells after how long the next request may go. */
  async #heed(response: Response, batch: readonly Entry[]): Promise<number> {
    const { status } = response
    if (status === 408 || status === 429 || status > 499) {
      return this.#failed(await response.text(), Number(response.headers.get('retry-after')) * 1_000 || 0)
    }
    if (!response.ok) {
      this.#say('refused', status, await response.text())
      this.#over = status === 401 || status === 403
      if (this.#over) this.#waiting = []
      else this.#done(batch)
      return laterMs
    }
    const { accepted, rejected = [] }: Verdicts = await response.json()
    this.#say('sent', batch.length, 'accepted', accepted)
    for (const verdict of rejected) this.#say('not accepted', verdict, batch[verdict.index ?? 0]?.body)
    const again = rejected.filter((one) => one.status === 'RETRY').map(({ index = 0 }) => index)
    this.#done(batch.filter((_, index) => !again.includes(index)))
    if (again[0] !== undefined) return this.#failed('by verdict', 0)
    this.#failures = 0
    return this.#waiting.length < mostInBatch ? laterMs : 0
  }

  #failed(why: unknown, retryAfterMs: number): number {
    // Without a network the next try is when it is back. Browsers tell that wrongly now and then, so there is a try at all.
    const doubledMs = isOffline() ? mostBackOffMs : firstMs * 2 ** this.#failures
    const backOffMs = Math.min(mostBackOffMs, doubledMs) * (0.5 + Math.random() / 2)
    this.#failures++
    this.#say('not sent, will be tried again', why)
    this.#save(this.#waiting)
    const restMs = Math.max(backOffMs, retryAfterMs)
    this.#restUntilMs = Date.now() + restMs
    return restMs
  }
}
