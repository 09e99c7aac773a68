import type { Logger } from './logger.ts'

/**
 * Runs `stop` on the first SIGTERM or SIGINT and exits: 0 when it ended within `withinMs`, else 1.
 * Also stops when the parent that asked for it over IPC goes away.
 */
export function stopOnSignal(options: { stop: () => Promise<void>; withinMs: number; logger: Logger }): void {
  const { stop, withinMs, logger } = options
  let stopping = false
  const begin = (why: string): void => {
    if (stopping) return
    stopping = true
    logger.info({ why }, 'stopping')
    setTimeout(() => {
      logger.error({ withinMs }, 'did not stop in time; leaving anyway')
      process.exit(1)
    }, withinMs).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => begin('SIGTERM'))
  process.on('SIGINT', () => begin('SIGINT'))
  if (process.send) process.on('disconnect', () => begin('the parent process is gone'))
}
