import type { PeopleService } from '../../proto/gen/userflow/v1/people_pb.ts'
import type { ReadMethods } from '../analytics/read-methods.ts'
import { stored } from '../analytics/run-statement.ts'
import { acceptInvitation, readInvitation } from './accept-invitation.ts'
import type { PeopleCaller } from './caller.ts'
import { inviteMember, revokeInvitation } from './invitations.ts'
import type { PeopleKeeping } from './keeping.ts'
import { listAudit } from './list-audit.ts'
import { changeRole, listMembers, removeMember } from './members.ts'
import { changePassword, me, signOut, signOutEverywhere } from './own-account.ts'
import { refresh } from './refresh.ts'
import { signIn } from './sign-in.ts'

/**
 * The methods of PeopleService. They throw RequestError: SIGNED_OUT, SIGN_IN_REFUSED, SIGN_IN_LIMITED, TOKEN_ENDED,
 * PAGE_NOT_ALLOWED, INVITATION_ENDED, ALREADY_MEMBER, LAST_ADMIN, UNKNOWN_ID, PARAMETER_INVALID, STORE_DOWN.
 */
export function createPeopleMethods(keeping: PeopleKeeping): ReadMethods<typeof PeopleService, PeopleCaller> {
  return {
    signIn: (request, caller) => stored(signIn(keeping, request, caller)),
    refresh: (request, caller) => stored(refresh(keeping, request, caller)),
    signOut: (_, caller) => stored(signOut(keeping, caller)),
    signOutEverywhere: (_, caller) => stored(signOutEverywhere(keeping, caller)),
    me: (_, caller) => stored(me(keeping, caller)),
    changePassword: (request, caller) => stored(changePassword(keeping, request, caller)),
    listMembers: (_, caller) => stored(listMembers(keeping, caller)),
    inviteMember: (request, caller) => stored(inviteMember(keeping, request, caller)),
    revokeInvitation: (request, caller) => stored(revokeInvitation(keeping, request, caller)),
    readInvitation: (request) => stored(readInvitation(keeping, request)),
    acceptInvitation: (request, caller) => stored(acceptInvitation(keeping, request, caller)),
    changeRole: (request, caller) => stored(changeRole(keeping, request, caller)),
    removeMember: (request, caller) => stored(removeMember(keeping, request, caller)),
    listAudit: (request, caller) => stored(listAudit(keeping, request, caller)),
  }
}
