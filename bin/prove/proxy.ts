import { createConnection, createServer, type Socket } from 'node:net'

/** A connection through the proxy. */
export interface Link {
  /** Bytes the client has sent so far, those under way included. */
  readonly sentBytes: number
  /** Passes bytes on, to the server or back to the client. */
  pass(way: Way, bytes: Buffer): void
  /** Ends both sides at once. */
  cut(): void
}

/** The direction of bytes. */
export type Way = 'to server' | 'to client'

/** What becomes of bytes; one that passes nothing on makes the connection half-open. */
export type Rule = (link: Link, way: Way, bytes: Buffer) => void

/** A TCP proxy on 127.0.0.1 that can do to connections what networks do. */
export interface NetworkProxy extends AsyncDisposable {
  readonly port: number
  /** The rule for all connections from now on; undefined: everything passes. */
  rule: Rule | undefined
  /** Ends every connection. */
  cutAll(): void
  /** Every connection there is. */
  readonly links: ReadonlySet<Link>
}

const passOn: Rule = (link, way, bytes) => link.pass(way, bytes)

/** Starts one in front of a port of this machine; `port` 0 takes a free one. */
export async function startProxy(targetPort: number, port = 0): Promise<NetworkProxy> {
  const links = new Set<Link>()
  let rule: Rule | undefined
  const server = createServer((client) => {
    const link = connect(client, targetPort, () => rule ?? passOn)
    links.add(link)
    client.once('close', () => links.delete(link))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  const cutAll = (): void => {
    for (const link of links) link.cut()
  }
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get rule() {
      return rule
    },
    set rule(next) {
      rule = next
    },
    cutAll,
    links,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      cutAll()
      await closed
    },
  }
}

function connect(client: Socket, targetPort: number, ruleNow: () => Rule): Link {
  const server = createConnection({ port: targetPort, host: '127.0.0.1', noDelay: true })
  client.setNoDelay(true)
  const link = {
    sentBytes: 0,
    pass(way: Way, bytes: Buffer): void {
      const [from, to] = way === 'to server' ? [client, server] : [server, client]
      if (to.destroyed || to.writableEnded || to.write(bytes)) return
      from.pause()
      to.once('drain', () => from.resume())
    },
    cut(): void {
      client.destroy()
      server.destroy()
    },
  }
  client.on('data', (bytes) => {
    link.sentBytes += bytes.length
    ruleNow()(link, 'to server', bytes)
  })
  server.on('data', (bytes) => ruleNow()(link, 'to client', bytes))
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('end', () => other.end())
    one.on('close', () => other.destroy())
  }
  return link
}
