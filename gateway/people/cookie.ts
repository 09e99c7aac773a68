import type { PeopleCaller } from './caller.ts'

const name = 'userflow_refresh'
/** No other address is ever sent it. */
const path = '/userflow.v1.PeopleService/Refresh'
const days = 30

/** The refresh token of the request's cookie. */
export function refreshTokenOf({ header }: PeopleCaller): string | undefined {
  const cookies = (header('cookie') ?? '').split(';')
  const value = cookies.map((one) => one.trim().split('=')).find(([key]) => key === name)?.[1]
  return value && /^[\w-]{43}$/.test(value) ? value : undefined
}

/** Sends the refresh token, or takes it away. */
export function setRefreshToken(caller: PeopleCaller, token: string | undefined): void {
  const keeps = token === undefined ? 'Max-Age=0' : `Max-Age=${days * 86_400}`
  const secure = isLoopback(caller.host) ? '' : '; Secure'
  caller.setCookie?.(`${name}=${token ?? ''}; Path=${path}; ${keeps}; HttpOnly; SameSite=Strict${secure}`)
}

/** A browser that calls its own machine may do so without TLS; not every one takes secure cookies there. */
function isLoopback(host: string | undefined): boolean {
  if (!host || !URL.canParse(`http://${host}`)) return false
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(`http://${host}`).hostname)
}
