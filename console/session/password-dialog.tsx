import { useMutation } from '@connectrpc/connect-query'
import { PeopleService } from '../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Problem } from '../parts/states.tsx'
import { words } from '../words/sign-in.ts'
import { useMe, useSigning } from './session-context.tsx'

/** Takes a new password of whoever is signed in. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { person } = useMe()
  const { refresh } = useSigning()
  // The new token says that the password is their own.
  const change = useMutation(PeopleService.method.changePassword, { onSuccess: () => void refresh() })
  return (
    <Dialog title={words.change.title} onClose={onClose}>
      {change.isSuccess ? (
        <p role="status">{words.change.done}</p>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            const form = new FormData(event.currentTarget)
            change.mutate({ oldPassword: String(form.get('old')), newPassword: String(form.get('new')) })
          }}
        >
          {person?.mustChangePassword && <p>{words.change.must}</p>}
          <input type="hidden" autoComplete="username" value={person?.email ?? ''} readOnly />
          <Field label={words.change.old} name="old" type="password" autoComplete="current-password" required />
          <Field
            label={words.change.fresh}
            name="new"
            type="password"
            autoComplete="new-password"
            minLength={10}
            required
            hint={words.change.rule}
          />
          {change.error && <Problem error={change.error} />}
          <div className="flex justify-end gap-2">
            <Button kind="quiet" onClick={onClose}>
              {words.change.later}
            </Button>
            <Button kind="strong" type="submit" disabled={change.isPending}>
              {words.change.submit}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
