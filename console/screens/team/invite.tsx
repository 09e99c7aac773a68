import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PeopleService, Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/copy.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, Select } from '../../parts/field.tsx'
import { Problem } from '../../parts/states.tsx'
import { words } from '../../words/team.ts'
import { roleOptions } from './roles.ts'

const may: Readonly<Record<string, string>> = {
  [Role.VIEWER]: words.may.viewer,
  [Role.EDITOR]: words.may.editor,
  [Role.ADMIN]: words.may.admin,
}

/** Makes an invitation and shows its link, once. */
export function Invite({ onClose }: { onClose: () => void }) {
  const [role, setRole] = useState(String(Role.VIEWER))
  const client = useQueryClient()
  const invite = useMutation(PeopleService.method.inviteMember, { onSuccess: () => client.invalidateQueries() })
  return (
    <Dialog title={words.form.title} onClose={onClose}>
      {invite.data ? (
        <div className="flex flex-col gap-4">
          <p role="status">{words.form.made(invite.data.invitation?.email ?? '')}</p>
          <CodeBlock text={invite.data.link} label={words.form.link} />
          <Button kind="strong" className="self-end" onClick={onClose}>
            {words.form.done}
          </Button>
        </div>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            const email = String(new FormData(event.currentTarget).get('email'))
            invite.mutate({ email, role: Number(role) as Role })
          }}
        >
          <Field
            label={words.form.email}
            name="email"
            type="email"
            autoComplete="off"
            required
            autoFocus
            hint={words.form.hint}
          />
          <div className="flex flex-col gap-1">
            <Select label={words.form.role} value={role} options={roleOptions} onChoose={setRole} />
            <p className="text-xs text-muted">{may[role]}</p>
          </div>
          {invite.error && <Problem error={invite.error} />}
          <Button type="submit" kind="strong" className="self-end" disabled={invite.isPending}>
            {words.form.submit}
          </Button>
        </form>
      )}
    </Dialog>
  )
}
