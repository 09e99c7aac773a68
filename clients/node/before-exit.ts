const signals = ['SIGTERM', 'SIGINT'] as const

/**
 * Runs `finish` when the program comes to its end by itself, and with `signals` also at SIGTERM and SIGINT, which then end the
 * process as they would have, unless the application listens for them, too. Returns how to take it back.
 */
export function beforeExit(finish: () => Promise<unknown>, options: { readonly signals: boolean }): () => void {
  const atEnd = (): void => {
    finish().catch(() => undefined)
  }
  const atSignal = (signal: NodeJS.Signals): void => {
    const aloneIn = process.listenerCount(signal) === 1
    const leave = (): void => {
      process.off(signal, atSignal)
      if (aloneIn) process.kill(process.pid, signal)
    }
    finish().then(leave, leave)
  }
  process.on('beforeExit', atEnd)
  if (options.signals) for (const signal of signals) process.on(signal, atSignal)
  return () => {
    process.off('beforeExit', atEnd)
    // Taken back while it runs, a signal's listener still ends the process.
    for (const signal of signals) process.off(signal, atSignal)
  }
}
