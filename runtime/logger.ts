import { type Logger, pino } from 'pino'

export type { Logger }

/** A logger of JSON lines on standard error; `name` says which process or part speaks. Secrets are cut by path. */
export function createLogger(name: string, level = 'info'): Logger {
  return pino(
    { name, level, redact: ['key', '*.key', 'authorization', '*.authorization', 'password', '*.password'] },
    pino.destination({ dest: 2, sync: true }),
  )
}
