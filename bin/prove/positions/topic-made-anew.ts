import type { Fault, Ground } from '../ground.ts'
import { accept, expectStopped, lastIncident, positions, replaceLog, settle } from './stopped.ts'

export const topicMadeAnew: Fault = {
  description:
    'The log is deleted and made anew under the same name: every partition stops, says so, and begins at 0 when an operator says.',
  inject,
}

async function inject(ground: Ground): Promise<void> {
  const { load, account } = ground
  await settle(ground)
  const before = await lastIncident(ground)
  const at = await positions(ground)
  account.readOnFormerLogs += [...at.values()].reduce((sum, offset) => sum + offset, 0)
  await replaceLog(ground)
  await load.resume()
  await expectStopped(ground, before, at)
  await accept(ground, new Map([...at.keys()].map((partition) => [partition, 0])))
}
