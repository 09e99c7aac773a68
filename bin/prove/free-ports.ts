import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/**
 * Below the ports that the system gives to outgoing connections (from 32,768 on): one of those can be taken again before the
 * process that shall listen on it has started, and a gateway that is killed must find its own free when it comes back.
 */
const range = { from: 12_000, to: 32_000 }

/** Ports that nobody listens on at this moment; held all at once, or the same could come twice. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { server: Server; port: number }[] = []
  for (let tries = 0; held.length < count; tries++) {
    if (tries === 1_000) throw new Error(`no ${count} free ports between ${range.from} and ${range.to}`)
    const port = randomInt(range.from, range.to)
    const server = await hold(port)
    if (server) held.push({ server, port })
  }
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))))
  return held.map(({ port }) => port)
}

async function hold(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server
  } catch {
    return undefined
  }
}
