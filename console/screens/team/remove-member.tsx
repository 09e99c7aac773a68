import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { type Member, PeopleService } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Problem } from '../../parts/states.tsx'
import { useMe, useSigning } from '../../session/session-context.tsx'
import { words } from '../../words/team.ts'

/** Asks once more, and ends a membership. */
export function RemoveMember({ member: { person }, onClose }: { member: Member; onClose: () => void }) {
  const { person: me, membership } = useMe()
  const { refresh } = useSigning()
  const client = useQueryClient()
  const { personId = '', email = '' } = person ?? {}
  const isMe = personId === me?.personId
  const remove = useMutation(PeopleService.method.removeMember, {
    onSuccess: async () => {
      if (isMe) await refresh()
      await client.invalidateQueries()
      onClose()
    },
  })
  const company = membership?.companyName ?? ''
  return (
    <Dialog title={words.removeTitle} onClose={onClose}>
      <p className="mb-4 break-words">{isMe ? words.sureSelf(company) : words.sure(email, company)}</p>
      {remove.error && <Problem error={remove.error} />}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate({ personId })}>
          {words.remove}
        </Button>
      </div>
    </Dialog>
  )
}
