import { z } from 'zod'

/** The variables of a process, as `process.env` gives them. */
export type Env = Readonly<Record<string, string | undefined>>

/** A configuration that cannot be used; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads variables by a zod shape whose keys are their names. Empty text counts as absent.
 * @throws ConfigError naming every variable that is wrong, at once.
 */
export function readEnv<S extends z.ZodRawShape>(env: Env, shape: S): z.infer<z.ZodObject<S>> {
  const given = Object.fromEntries(
    Object.keys(shape).flatMap((name) => (env[name] ? [[name, env[name]] as const] : [])),
  )
  const read = z.object(shape).safeParse(given)
  if (read.success) return read.data
  const problems = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`The configuration has ${problems.length} problem(s):\n${problems.join('\n')}`)
}

/** A TCP port; 0 lets the system choose. */
export const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)

/** A whole number between two bounds. */
export const whole = (bounds: { min: number; max: number; fallback: number }) =>
  z.coerce.number().int().min(bounds.min).max(bounds.max).default(bounds.fallback)

/** How much is logged; `silent` logs nothing. */
export const logLevel = () => z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')

/** A list of Kafka brokers such as "host:9092,other:9092"; absent: an empty list, which means the embedded log. */
export const brokerList = () =>
  z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((one) => one.trim() || []))
    .refine((brokers) => brokers.every((one) => /^.+:\d+$/.test(one)), 'must be a list like host:9092,other:9092')

/** Name of a topic. */
export const topicName = () =>
  z
    .string()
    .regex(/^[\w.-]{1,200}$/, 'must be letters, digits, ".", "_" and "-"')
    .default('userflow.events')

/** The environment of this process; only composition roots call it. */
export const processEnv = (): Env => process.env
