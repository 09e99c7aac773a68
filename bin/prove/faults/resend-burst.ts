import type { Fault, Ground } from '../ground.ts'

export const resendBurst: Fault = {
  description: 'Every sender sends its last thousands of events again, over both gateways at once.',
  inject,
}

async function inject({ load }: Ground): Promise<void> {
  await load.resendAll()
}
