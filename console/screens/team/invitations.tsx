import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { type Invitation, PeopleService } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../../parts/button.tsx'
import { formatMoment } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Problem } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useLooking } from '../../view/use-view.ts'
import { roleWords } from '../../words/sign-in.ts'
import { words } from '../../words/team.ts'

/** Invitations nobody has accepted yet; they can be taken back. */
export function Invitations({ invitations }: { invitations: readonly Invitation[] }) {
  const { zone } = useLooking()
  const client = useQueryClient()
  const revoke = useMutation(PeopleService.method.revokeInvitation, { onSettled: () => client.invalidateQueries() })
  const columns: readonly Column<Invitation>[] = [
    { key: 'email', name: words.columns.email, show: ({ email }) => <bdi>{email}</bdi> },
    { key: 'role', name: words.columns.role, show: ({ role }) => roleWords(role) },
    { key: 'by', name: words.invitations.by, show: ({ invitedBy }) => <bdi>{invitedBy}</bdi> },
    {
      key: 'ends',
      name: words.invitations.ends,
      show: ({ expiresAt }) => expiresAt && formatMoment(timestampMs(expiresAt), zone),
    },
    {
      key: 'act',
      name: words.columns.act,
      align: 'right',
      show: ({ invitationId, email }) => (
        <Button
          kind="quiet"
          disabled={revoke.isPending}
          aria-label={words.invitations.revokeOf(email)}
          onClick={() => revoke.mutate({ invitationId })}
        >
          {words.invitations.revoke}
        </Button>
      ),
    },
  ]
  return (
    <Panel title={words.invitations.title}>
      {revoke.error && (
        <div className="px-4 pt-2">
          <Problem error={revoke.error} />
        </div>
      )}
      <Table
        label={words.invitations.all}
        columns={columns}
        rows={invitations}
        keyOf={({ invitationId }) => invitationId}
      />
    </Panel>
  )
}
