import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A page: its HTML, and headers such as a content security policy. */
export interface TestPage {
  readonly html: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A website on an origin of its own. */
export interface TestSite extends AsyncDisposable {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string
  /** Serves it at this path from now on, and answers its address. */
  put(path: string, page: TestPage): string
}

/** Opens a website; a path that was not put is answered with an empty page. */
export async function openSite(): Promise<TestSite> {
  const pages = new Map<string, TestPage>()
  const server = createServer((request, response) => {
    const page = pages.get(new URL(request.url ?? '/', 'http://any').pathname)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page?.headers })
    response.end(page?.html ?? '<!doctype html><title>Empty</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    put(path, page) {
      pages.set(path, page)
      return origin + path
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
