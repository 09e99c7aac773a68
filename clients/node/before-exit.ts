type Finish = () => Promise<unknown>

const signals = ['SIGTERM', 'SIGINT'] as const
/** One listener serves every client of the process, so that none takes another's for the application's own. */
const atEnd = new Set<Finish>()
const atSignals = new Set<Finish>()

/**
 * Runs `finish` when the program comes to its end by itself, and with `signals` also at SIGTERM and SIGINT, which then end the
 * process as they would have, unless the application listens for them, too. Returns how to take it back.
 */
export function beforeExit(finish: Finish, options: { readonly signals: boolean }): () => void {
  if (atEnd.size === 0) process.on('beforeExit', onEnd)
  atEnd.add(finish)
  if (options.signals) {
    if (atSignals.size === 0) for (const signal of signals) process.on(signal, onSignal)
    atSignals.add(finish)
  }
  return () => {
    atEnd.delete(finish)
    atSignals.delete(finish)
    if (atEnd.size === 0) process.off('beforeExit', onEnd)
    if (atSignals.size === 0) for (const signal of signals) process.off(signal, onSignal)
  }
}

function onEnd(): void {
  for (const finish of atEnd) finish().catch(() => undefined)
}

function onSignal(signal: NodeJS.Signals): void {
  // Asked before a finished client takes the listener away.
  const alone = process.listenerCount(signal) === 1
  const leave = (): void => {
    process.off(signal, onSignal)
    if (alone) process.kill(process.pid, signal)
  }
  Promise.allSettled([...atSignals].map((finish) => finish())).then(leave, leave)
}
