import { useMutation } from '@connectrpc/connect-query'
import { PeopleService } from '../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Problem } from '../parts/states.tsx'
import { words } from '../words/sign-in.ts'
import { Card } from './card.tsx'
import { useSigning } from './session-context.tsx'

/** Asks for address and password. */
export function SignInForm() {
  const { session } = useSigning()
  const signIn = useMutation(PeopleService.method.signIn, { onSuccess: ({ access }) => session.signedIn(access) })
  return (
    <Card title={words.title}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          signIn.mutate({ email: String(form.get('email')), password: String(form.get('password')) })
        }}
      >
        <Field label={words.email} name="email" type="email" autoComplete="username" required />
        <Field label={words.password} name="password" type="password" autoComplete="current-password" required />
        {signIn.error && <Problem error={signIn.error} />}
        <Button kind="strong" type="submit" disabled={signIn.isPending} className="h-9 justify-center">
          {signIn.isPending ? words.busy : words.submit}
        </Button>
        <p className="text-center text-xs text-muted">{words.note}</p>
      </form>
    </Card>
  )
}
