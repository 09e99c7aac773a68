import { Counter, Gauge, type Registry } from '../runtime/metrics.ts'

/** Who may hold how much of the gateway's memory. Counts bytes only: nothing waits here. */
export interface Admission {
  /**
   * Takes this many bytes for a company's request until `release`, which may be called more than once.
   * 'shed': the gateway is busy and this company is over its fair share (429). 'full': no memory for anybody (503).
   */
  admit(companyId: number, bytes: number): { release(): void } | 'shed' | 'full'
}

/** Above this part of the budget a company over its fair share is refused, so that one sender cannot push out the rest. */
const busyPart = 0.7
/** Above this part everybody is: the rest is for what requests become while they are worked on. */
const fullPart = 0.9

/** An admission of `budgetBytes` at once, all requests together; at least eight requests of 4 MiB make sense. */
export function createAdmission(options: { budgetBytes: number; registry: Registry }): Admission {
  const { budgetBytes } = options
  const measures = createMeasures(options.registry)
  const held = new Map<number, number>()
  let total = 0

  const change = (companyId: number, bytes: number): void => {
    total += bytes
    const now = (held.get(companyId) ?? 0) + bytes
    // Companies with nothing under way are forgotten, or they would count as those who share.
    if (now > 0) held.set(companyId, now)
    else held.delete(companyId)
    measures.held(total)
  }

  return {
    admit(companyId, bytes) {
      const after = total + bytes
      if (after > fullPart * budgetBytes) return measures.refused('full')
      const own = held.get(companyId) ?? 0
      const sharers = held.size + (own > 0 ? 0 : 1)
      const fairShare = (fullPart * budgetBytes) / sharers
      if (after > busyPart * budgetBytes && own + bytes > fairShare) return measures.refused('shed')
      change(companyId, bytes)
      let released = false
      return {
        release() {
          if (released) return
          released = true
          change(companyId, -bytes)
        },
      }
    },
  }
}

function createMeasures(registry: Registry) {
  const bytes = new Gauge({
    name: 'userflow_gateway_admitted_bytes',
    help: 'Bytes of requests under way.',
    registers: [registry],
  })
  const refusals = new Counter({
    name: 'userflow_gateway_refused_total',
    help: 'Requests refused for memory: shed (over the fair share) or full.',
    labelNames: ['why'],
    registers: [registry],
  })
  // A series that begins with its first refusal shows no increase.
  for (const why of ['shed', 'full']) refusals.inc({ why }, 0)
  return {
    held: (total: number) => bytes.set(total),
    refused: <Why extends 'shed' | 'full'>(why: Why): Why => {
      refusals.inc({ why })
      return why
    },
  }
}
