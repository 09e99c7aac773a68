import { createContext, type ReactNode, use, useSyncExternalStore } from 'react'
import type { ReadLinkResponse } from '../../proto/gen/userflow/v1/links_pb.ts'
import { type Membership, type Person, Role } from '../../proto/gen/userflow/v1/people_pb.ts'
import type { Session, SessionState } from './session.ts'
import type { Refresh } from './transport.ts'

interface Signing {
  readonly session: Session
  readonly refresh: Refresh
}

const SigningContext = createContext<Signing | undefined>(undefined)

/** Gives the screens the session. */
export function SessionProvider({ signing, children }: { signing: Signing; children: ReactNode }) {
  return <SigningContext value={signing}>{children}</SigningContext>
}

/** The session and how to renew it. */
export function useSigning(): Signing {
  const signing = use(SigningContext)
  if (!signing) throw new Error('a screen outside of the session')
  return signing
}

/** Whether somebody is signed in, as of now. */
export function useSession(): SessionState {
  const { session } = useSigning()
  return useSyncExternalStore(session.subscribe, () => session.state)
}

/** Who is signed in; screens are shown to nobody else. */
export function useMe(): { person: Person | undefined; membership: Membership | undefined; role: Role } {
  const state = useSession()
  const access = state.kind === 'in' ? state.access : undefined
  return { person: access?.person, membership: access?.membership, role: access?.membership?.role ?? Role.VIEWER }
}
/** The shared link that is looked through; undefined for whoever is signed in. */
export function useLink(): ReadLinkResponse | undefined {
  const state = useSession()
  return state.kind === 'link' ? state.link.shown : undefined
}

/** Whether the signed-in person has this role or a greater one. The gateway decides; this only hides what would be refused. */
export const useMay = (least: Role): boolean => useMe().role >= least
