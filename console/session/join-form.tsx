import { useMutation, useQuery } from '@connectrpc/connect-query'
import { PeopleService } from '../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Problem, SkeletonRows } from '../parts/states.tsx'
import { roleWords, words } from '../words/sign-in.ts'
import { Card } from './card.tsx'
import { useSigning } from './session-context.tsx'

/** Makes an invited person a member. The token stands behind "#", so it reaches no log of any server. */
export function JoinForm() {
  const token = location.hash.slice(1)
  const { session } = useSigning()
  const { data, error } = useQuery(PeopleService.method.readInvitation, { token }, { retry: false })
  const accept = useMutation(PeopleService.method.acceptInvitation, {
    onSuccess: ({ access }) => {
      session.signedIn(access)
      location.replace('/')
    },
  })
  if (error) {
    return (
      <Card title={words.join.submit}>
        <Problem error={error} />
        <a href="/" className="mt-4 block text-center text-[13px] text-accent-ink underline">
          {words.join.toSignIn}
        </a>
      </Card>
    )
  }
  if (!data) {
    return (
      <Card title={words.join.submit}>
        <SkeletonRows rows={4} />
      </Card>
    )
  }
  return (
    <Card title={words.join.title(data.companyName)}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          accept.mutate({ token, name: String(form.get('name') ?? ''), password: String(form.get('password')) })
        }}
      >
        <p className="text-muted">{words.join.note(data.email, roleWords(data.role))}</p>
        {!data.known && <Field label={words.join.name} name="name" autoComplete="name" maxLength={200} required />}
        <Field
          label={data.known ? words.join.known : words.join.newPassword}
          name="password"
          type="password"
          autoComplete={data.known ? 'current-password' : 'new-password'}
          minLength={data.known ? undefined : 10}
          required
          hint={data.known ? undefined : words.change.rule}
        />
        {accept.error && <Problem error={accept.error} />}
        <Button kind="strong" type="submit" disabled={accept.isPending} className="h-9 justify-center">
          {words.join.submit}
        </Button>
      </form>
    </Card>
  )
}
