import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request for events as it passed. */
export interface Passed {
  readonly key: string
  readonly body: string
  readonly status: number
  readonly answer: string
}

/** A proxy before the gateway, as there is in production: it says where a visitor comes from. */
export interface FrontProxy extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  /** Every request for events, once it was answered. */
  readonly passed: readonly Passed[]
  /** While set, requests for events are answered so and go no further. */
  refusal: { readonly status: number; readonly retryAfter?: string } | undefined
}

/** Opens a proxy before the gateway on this port; all visitors come from `address`. */
export async function openFrontProxy(gatewayPort: number, address: string): Promise<FrontProxy> {
  const passed: Passed[] = []
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request
    const received: Buffer[] = []
    const answered: Buffer[] = []
    const note = (status: number): void => {
      if (method !== 'POST') return
      const key = new URL(url, 'http://any').searchParams.get('key') ?? ''
      passed.push({ key, body: Buffer.concat(received).toString(), status, answer: Buffer.concat(answered).toString() })
    }
    request.on('data', (chunk: Buffer) => received.push(chunk))
    if (proxy.refusal && method === 'POST') {
      const { status, retryAfter } = proxy.refusal
      request.on('end', () => {
        const cors = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' }
        response.writeHead(status, retryAfter ? { ...cors, 'retry-after': retryAfter } : cors).end()
        note(status)
      })
      return
    }
    const headers = { ...request.headers, 'x-forwarded-for': address }
    const onward = forward({ host: '127.0.0.1', port: gatewayPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('data', (chunk: Buffer) => answered.push(chunk))
      answer.on('end', () => note(answer.statusCode ?? 502))
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: FrontProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    refusal: undefined,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
  return proxy
}
