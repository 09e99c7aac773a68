// Must survive: an application that tracks with the Node client while its gateway is killed twice: nothing is lost, nothing is
// stored twice, what is rejected is told once, and no more waits in memory than the client allows.
import { expect, test } from 'vitest'
import { proveClient } from '../../bin/prove/client/prove-client.ts'
import { faultTimeoutMs } from '../support/fault-trial.ts'

test.each(['grpc', 'connect'] as const)(
  'over %s',
  async (transport) => {
    const { PATH, HOME } = process.env
    const outcome = await proveClient({ events: 20_000, kills: 2, transport, log: 'embedded', env: { PATH, HOME } })
    expect(outcome.violations).toEqual([])
    expect(outcome.stored).toEqual({ stored: 19_980, lost: 0, duplicated: 0, deadLetters: 20 })
    expect(outcome.stats.resent).toBeGreaterThan(0)
    // The default of maxWaitingEvents, and the one event whose track waits for room.
    for (const { waitingEvents } of outcome.looks) expect(waitingEvents).toBeLessThanOrEqual(10_001)
  },
  faultTimeoutMs,
)
