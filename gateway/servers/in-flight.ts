import { RequestError } from '../errors.ts'
import { Signal } from './signal.ts'

/** How much of a stream may be unacknowledged. A limit lets one more item in when it is not yet reached. */
export interface Window {
  readonly items: number
  readonly bytes: number
}

/** What to do with the items of a stream. */
export interface InFlight<T, R> {
  readonly source: AsyncIterable<T>
  readonly work: (item: T) => Promise<R>
  readonly sizeOf: (item: T) => number
  readonly window: Window
  /** Fires when the process ends: what is in flight is still answered, then the stream fails with GATEWAY_STOPPING. */
  readonly stopping: AbortSignal
}

/**
 * Works on the items of a stream side by side and yields the answers as they come, in any order. It reads no further
 * while the window is full, and an answer counts as in flight until the consumer asks for the next one, that is, until it
 * has been written: a sender that does not read its acknowledgements is slowed as well.
 * @throws the first error of source or work; what else is in flight goes on unseen.
 */
export async function* inFlight<T, R>(task: InFlight<T, R>): AsyncGenerator<R, void, undefined> {
  const ready: { answer: R; bytes: number }[] = []
  const held = { items: 0, bytes: 0 }
  const answered = new Signal()
  const room = new Signal()
  let ended = false
  let complete = false
  let failure: { error: unknown } | undefined
  const fail = (error: unknown): void => {
    failure ??= { error }
    ended = true
    answered.fire()
    room.fire()
  }
  const isFull = (): boolean => held.items >= task.window.items || held.bytes >= task.window.bytes
  const read = async (): Promise<void> => {
    for await (const item of task.source) {
      if (ended) return
      const bytes = task.sizeOf(item)
      held.items += 1
      held.bytes += bytes
      task.work(item).then((answer) => {
        ready.push({ answer, bytes })
        answered.fire()
      }, fail)
      while (isFull() && !ended) await room.wait()
      if (ended) return
    }
    ended = true
    complete = true
    answered.fire()
  }
  const stop = (): void => {
    ended = true
    answered.fire()
    room.fire()
  }
  task.stopping.addEventListener('abort', stop)
  if (task.stopping.aborted) stop()
  else read().catch(fail)
  try {
    for (;;) {
      for (let next = ready.shift(); next; next = ready.shift()) {
        yield next.answer
        held.items -= 1
        held.bytes -= next.bytes
        room.fire()
      }
      if (failure) throw failure.error
      if (ended && held.items === 0) break
      await answered.wait()
    }
  } finally {
    task.stopping.removeEventListener('abort', stop)
    stop()
  }
  if (!complete) throw new RequestError('GATEWAY_STOPPING')
}
