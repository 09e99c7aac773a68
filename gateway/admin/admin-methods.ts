import type { AdminService } from '../../proto/gen/userflow/v1/admin_pb.ts'
import type { ReadMethods } from '../analytics/read-methods.ts'
import { stored } from '../analytics/run-statement.ts'
import type { AdminCaller, Administration } from './administration.ts'
import { createKey, listKeys, revokeKey } from './keys.ts'
import { rotateKey } from './rotate-key.ts'
import { createSite, listSites, updateSite } from './sites.ts'

/** The methods of AdminService. They throw RequestError: PARAMETER_INVALID, UNKNOWN_ID, KEY_ENDED, LAST_ADMIN_KEY, STORE_DOWN. */
export function createAdminMethods(admin: Administration): ReadMethods<typeof AdminService, AdminCaller> {
  return {
    listSites: (_, caller) => stored(listSites(admin, caller)),
    createSite: (request, caller) => stored(createSite(admin, request, caller)),
    updateSite: (request, caller) => stored(updateSite(admin, request, caller)),
    listKeys: (request, caller) => stored(listKeys(admin, request, caller)),
    createKey: (request, caller) => stored(createKey(admin, request, caller)),
    rotateKey: (request, caller) => stored(rotateKey(admin, request, caller)),
    revokeKey: (request, caller) => stored(revokeKey(admin, request, caller)),
  }
}
