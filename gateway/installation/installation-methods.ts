import type { InstallationService } from '../../proto/gen/userflow/v1/installation_pb.ts'
import type { AdminCaller } from '../admin/administration.ts'
import type { ReadMethods } from '../analytics/read-methods.ts'
import { stored } from '../analytics/run-statement.ts'
import type { Demos } from './demo.ts'

/** The methods of InstallationService. They throw RequestError: DEMO_UNAVAILABLE, PARAMETER_INVALID, STORE_DOWN. */
export function createInstallationMethods({
  demos,
  grafanaUrl = '',
}: {
  readonly demos: Demos
  readonly grafanaUrl?: string | undefined
}): ReadMethods<typeof InstallationService, AdminCaller> {
  return {
    readInstallation: async (_, caller) => ({ grafanaUrl, demo: await stored(demos.read(caller)) }),
    fillDemo: async ({ timeZone }, caller) => ({ demo: await stored(demos.fill(caller, timeZone)) }),
  }
}
