import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { activeSpan } from './trace-context.ts'

/** What the test uses of @opentelemetry/api, which an application may have and this package does not ask for. */
interface Telemetry {
  readonly ROOT_CONTEXT: object
  readonly context: { setGlobalContextManager(manager: object): boolean; disable(): void }
  readonly trace: { setSpan(context: object, span: object): object; wrapSpanContext(context: object): object }
}

const name = '@opentelemetry/api'
function installed(): Telemetry | undefined {
  try {
    return createRequire(import.meta.url)(name) as Telemetry
  } catch {
    return undefined
  }
}

const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
const noIds = { ...ids, traceId: '0'.repeat(32) }

test('the active span is read where the application has OpenTelemetry, and nothing where it has not', () => {
  const telemetry = installed()
  const read = activeSpan()
  expect(read === undefined).toBe(telemetry === undefined)
  if (!telemetry || !read) return
  expect(read()).toBeUndefined()
  const { context, trace, ROOT_CONTEXT } = telemetry
  let active = trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(ids))
  const rest = { with: () => undefined, bind: () => undefined, enable: () => undefined, disable: () => undefined }
  context.setGlobalContextManager({ active: () => active, ...rest })
  try {
    expect(read()).toMatchObject({ traceId: ids.traceId, spanId: ids.spanId })
    active = trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(noIds))
    expect(read()).toBeUndefined()
  } finally {
    context.disable()
  }
})
