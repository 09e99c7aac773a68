import { Code, ConnectError } from '@connectrpc/connect'
import { TransportProvider } from '@connectrpc/connect-query'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { screens } from './screens/registry.ts'
import { Gate } from './session/gate.tsx'
import { isLinked } from './session/link-gate.tsx'
import { Session } from './session/session.ts'
import { SessionProvider } from './session/session-context.tsx'
import { createTransport } from './session/transport.ts'
import { createConsoleRouter } from './shell/router.tsx'

/** Faults that pass by themselves; anything else is told at once. */
const passing: ReadonlySet<Code> = new Set([Code.Unavailable, Code.Unknown, Code.ResourceExhausted, Code.Aborted])
const mostTries = 3

const session = new Session()
const { transport, refresh } = createTransport(session)
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (times, error) => times < mostTries && passing.has(ConnectError.from(error).code),
    },
  },
})
const router = createConsoleRouter()

// Both are on their way before anything is drawn; who waits for them asks again, and tells if they fail.
if (!isLinked()) refresh().catch(() => undefined)
const screen = screens.find(({ path }) => location.pathname.startsWith(path)) ?? screens[0]
screen?.load().catch(() => undefined)

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')
createRoot(root).render(
  <StrictMode>
    <TransportProvider transport={transport}>
      <QueryClientProvider client={client}>
        <SessionProvider signing={{ session, refresh }}>
          <Gate>
            <RouterProvider router={router} />
          </Gate>
        </SessionProvider>
      </QueryClientProvider>
    </TransportProvider>
  </StrictMode>,
)
