import { Code, ConnectError, createClient, type Interceptor, type Transport } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-web'
import { PeopleService } from '../../proto/gen/userflow/v1/people_pb.ts'
import type { Session } from './session.ts'

/** A token that ends within this is changed before it is used, so that no request fails for a clock. */
const renewBeforeMs = 30_000

/** Asks for a new token with the cookie; many requests at once share one question, and tabs take turns. */
export type Refresh = (companyId?: number) => Promise<void>

/** Calls of the page to its own gateway, in JSON. A request that finds its token ended gets a new one and goes again, once. */
export function createTransport(session: Session): { transport: Transport; refresh: Refresh } {
  const plain = createConnectTransport({ baseUrl: location.origin, useBinaryFormat: false, fetch: withCookie })
  const refresh = createRefresh(session, plain)
  const authorize: Interceptor = (next) => async (request) => {
    if (endsSoon(session)) await refresh()
    const sent = session.token
    if (sent) request.header.set('authorization', `Bearer ${sent}`)
    try {
      return await next(request)
    } catch (error) {
      const lost = ConnectError.from(error).code === Code.Unauthenticated && !request.stream
      // A link that has ended has no successor.
      if (!lost || !sent || session.state.kind === 'link') throw error
      if (session.token === sent) await refresh()
      if (!session.token) throw error
      request.header.set('authorization', `Bearer ${session.token}`)
      return await next(request)
    }
  }
  const transport = createConnectTransport({
    baseUrl: location.origin,
    useBinaryFormat: false,
    interceptors: [authorize],
  })
  return { transport, refresh }
}

const withCookie: typeof fetch = (input, init) => fetch(input, { ...init, credentials: 'same-origin' })

function endsSoon({ state }: Session): boolean {
  if (state.kind !== 'in' || !state.access.expiresAt) return false
  return Number(state.access.expiresAt.seconds) * 1_000 - Date.now() < renewBeforeMs
}

function createRefresh(session: Session, transport: Transport): Refresh {
  const people = createClient(PeopleService, transport)
  let underWay: Promise<void> | undefined
  const ask = async (companyId: number): Promise<void> => {
    try {
      const { access } = await navigator.locks.request('userflow-refresh', () => people.refresh({ companyId }))
      session.signedIn(access)
    } catch (error) {
      const { code } = ConnectError.from(error)
      // A gateway that does not answer ends no session; one that says no does.
      if (code === Code.Unauthenticated || code === Code.PermissionDenied) session.signedOut()
      else if (session.state.kind === 'unknown') throw error
    }
  }
  return (companyId = 0) => {
    underWay ??= ask(companyId).finally(() => {
      underWay = undefined
    })
    return underWay
  }
}
