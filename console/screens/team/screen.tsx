import { useQuery } from '@connectrpc/connect-query'
import { useState } from 'react'
import { PeopleService, Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Problem, SkeletonRows } from '../../parts/states.tsx'
import { useMay } from '../../session/session-context.tsx'
import { words } from '../../words/team.ts'
import { Audit } from './audit.tsx'
import { Invitations } from './invitations.tsx'
import { Invite } from './invite.tsx'
import { Members } from './members.tsx'

/** Who is a member, who is invited, and what was changed by whom. */
export function Screen() {
  const may = useMay(Role.ADMIN)
  const [inviting, setInviting] = useState(false)
  const { data, error, refetch } = useQuery(PeopleService.method.listMembers, {})
  return (
    <>
      <ScreenHead
        title={words.title}
        note={words.note}
        actions={
          may && (
            <Button kind="strong" icon="plus" onClick={() => setInviting(true)}>
              {words.invite}
            </Button>
          )
        }
      />
      <div className="flex flex-col gap-4">
        <Panel title={words.members}>
          {error && <Problem error={error} onRetry={() => void refetch()} />}
          {!data && !error && (
            <div className="p-4">
              <SkeletonRows rows={3} height={36} />
            </div>
          )}
          {data && <Members members={data.members} />}
        </Panel>
        {data && data.invitations.length > 0 && <Invitations invitations={data.invitations} />}
        {may && (data || error) && <Audit members={data?.members ?? []} />}
      </div>
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </>
  )
}
