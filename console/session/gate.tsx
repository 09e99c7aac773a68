import { type ReactNode, useEffect, useState } from 'react'
import { Problem } from '../parts/states.tsx'
import { useSitesAwaited } from '../view/sites.ts'
import { JoinForm } from './join-form.tsx'
import { isLinked, LinkGate } from './link-gate.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { useMe, useSession, useSigning } from './session-context.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** Shows the console to whoever is signed in or has a shared link, and a form to everybody else. */
export function Gate({ children }: { children: ReactNode }) {
  return isLinked() ? <LinkGate>{children}</LinkGate> : <SignInGate>{children}</SignInGate>
}

function SignInGate({ children }: { children: ReactNode }) {
  const { session, refresh } = useSigning()
  const state = useSession()
  const { person } = useMe()
  const [error, setError] = useState<unknown>()
  const [later, setLater] = useState(false)
  const ask = (): void => {
    setError(undefined)
    refresh().catch(setError)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when the page has loaded
  useEffect(() => {
    if (session.state.kind === 'unknown') ask()
  }, [])
  if (location.pathname === '/join') return <JoinForm />
  if (state.kind === 'out') return <SignInForm />
  if (error) {
    return (
      <div className="mx-auto mt-24 max-w-md px-4">
        <Problem error={error} onRetry={ask} />
      </div>
    )
  }
  if (state.kind === 'unknown') return <Awaited />
  return (
    <>
      <OnceSitesAreKnown>{children}</OnceSitesAreKnown>
      {person?.mustChangePassword && !later && <PasswordDialog onClose={() => setLater(true)} />}
    </>
  )
}

const OnceSitesAreKnown = ({ children }: { children: ReactNode }) => (useSitesAwaited() ? <Awaited /> : children)

const Awaited = () => <div aria-busy="true" className="min-h-dvh" />
