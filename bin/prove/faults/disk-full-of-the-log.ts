import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import { type Fault, type Ground, until } from '../ground.ts'
import { sendProbe } from '../load/probe.ts'

export const diskFullOfTheLog: Fault = {
  description:
    'The disk of the log is full for some seconds: gateways accept nothing and say RETRY, and go on when there is room again.',
  needsSmallDisks: true,
  inject,
}

const refusedWithinMs = 40_000
/** Nothing accepted for so long means that nothing can be written. */
const silentMs = 2_000
const backWithinMs = 60_000

async function inject({ system, load, account }: Ground, random: Random): Promise<void> {
  if (!system.disks) throw new Error('the log is not on a small disk')
  {
    await using _full = await system.disks.log.fill()
    await until('gateways that accept nothing', refusedWithinMs, async () => {
      const before = load.counts.accepted
      await sleep(silentMs)
      return load.counts.accepted === before
    })
    for (const gateway of system.gateways) {
      const { answer, probe } = await sendProbe(gateway, random.pick(system.tenants))
      account.probes.push(probe)
      // An accepted one the oracle looks for: room may have been found for a single record.
      if (answer === 'other') throw new Error('a gateway that cannot write does not answer that events be sent again')
    }
    await sleep(random.whole(2_000, 6_000))
  }
  // A broker without room ends itself; a supervisor starts it again, and fails as long as it must.
  await until('a broker with room again', backWithinMs, async () => {
    await system.log.broker?.startIfEnded()
    return true
  })
}
