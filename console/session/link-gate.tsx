import { createClient } from '@connectrpc/connect'
import { useTransport } from '@connectrpc/connect-query'
import { type ReactNode, useEffect, useState } from 'react'
import { LinkService } from '../../proto/gen/userflow/v1/links_pb.ts'
import { Problem } from '../parts/states.tsx'
import { words } from '../words/links.ts'
import { Card } from './card.tsx'
import { forgetLink, keepLink, keptLink } from './kept-link.ts'
import { useSession, useSigning } from './session-context.tsx'

/** Whether this tab shows what a shared link shows, or is about to. */
export const isLinked = (): boolean => location.pathname === '/shared' || keptLink() !== undefined

/** Shows the console within a shared link. At the link's own address it goes on to the view that was shared. */
export function LinkGate({ children }: { children: ReactNode }) {
  const { session } = useSigning()
  const state = useSession()
  const links = createClient(LinkService, useTransport())
  const [error, setError] = useState<unknown>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when the page has loaded
  useEffect(() => {
    const arriving = location.pathname === '/shared'
    const token = arriving ? location.hash.slice(1) : (keptLink() ?? '')
    session.linked({ token })
    links
      .readLink({})
      .then((shown) => {
        keepLink(token)
        // The address of the view has no token in it, so it can be copied without giving more away.
        if (arriving) location.replace(`${shown.path}${shown.search}`)
        else session.linked({ token, shown })
      })
      .catch(setError)
  }, [])
  if (error) {
    return (
      <Card title={words.ended}>
        <Problem error={error} />
        <a href="/" onClick={forgetLink} className="mt-4 block text-center text-[13px] text-accent-ink underline">
          {words.signIn}
        </a>
      </Card>
    )
  }
  if (state.kind !== 'link' || !state.link.shown) return <div aria-busy="true" className="min-h-dvh" />
  return children
}
