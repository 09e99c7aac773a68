import type { Ground } from '../ground.ts'

export const description = 'Every sender sends its last thousands of events again, over both gateways at once.'

export async function inject({ load }: Ground): Promise<void> {
  await load.resendAll()
}
