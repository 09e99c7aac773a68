import type { Doorkeeping } from './receive.ts'
import type { StreamRpc } from './stream-rpcs.ts'
import type { UnaryRpc } from './unary-rpcs.ts'

/** Where a door listens; port 0 lets the system choose. */
export interface DoorAddress {
  readonly host: string
  readonly port: number
}

/** What a door is opened with. */
export interface DoorOptions {
  readonly door: Doorkeeping
  readonly rpcs: readonly UnaryRpc[]
  readonly streams: readonly StreamRpc[]
  readonly address: DoorAddress
}

/** A listening server. Disposing it without `drain` cuts whatever is under way. */
export interface OpenDoor extends AsyncDisposable {
  /** The port it listens on. */
  readonly port: number
  /**
   * Takes no new connections, tells the open ones to go (GOAWAY, `connection: close`), answers what is under way and
   * ends streams after their last acknowledgement. Whatever is left after `withinMs` is cut.
   */
  drain(withinMs: number): Promise<void>
}

/** Resolves when `work` does or after the time, whichever is first; never rejects. */
export async function within(withinMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs)
  })
  await Promise.race([work.catch(() => undefined), late])
  clearTimeout(timer)
}
