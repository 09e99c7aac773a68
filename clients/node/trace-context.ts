import { createRequire } from 'node:module'

/** The trace that an event belongs to, by its ids in lower-case hexadecimal. */
export interface TraceContext {
  readonly traceId: string
  readonly spanId: string
}

/** What is used of @opentelemetry/api. */
interface Telemetry {
  readonly trace: { getActiveSpan(): { spanContext(): TraceContext } | undefined }
  isSpanContextValid(context: TraceContext): boolean
}

const optional = '@opentelemetry/api'

/** Reads the active span where the application has @opentelemetry/api; undefined: it has not, and nothing is read. */
export function activeSpan(): (() => TraceContext | undefined) | undefined {
  const telemetry = loadTelemetry()
  if (!telemetry) return undefined
  return () => {
    const context = telemetry.trace.getActiveSpan()?.spanContext()
    return context && telemetry.isSpanContextValid(context) ? context : undefined
  }
}

function loadTelemetry(): Telemetry | undefined {
  try {
    return createRequire(import.meta.url)(optional) as Telemetry
  } catch {
    return undefined
  }
}
