import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'

/** Ports from which some are taken: `from` belongs to it, `to` does not. */
export interface PortRange {
  readonly from: number
  readonly to: number
}

const least = 10_000
const most = 65_536
/** With fewer two processes would meet; then chance is the lesser evil. */
const enough = 1_000
/** Linux' own choice; absent settings mean another system, whose outgoing connections begin at 49,152. */
const usual: PortRange = { from: 32_768, to: 61_000 }

/**
 * The larger of the ranges below and above the ports that the system gives to outgoing connections: one of those can be taken
 * again before the process that shall listen on it has started, and a gateway that is killed must find its own free when it
 * comes back. Machines differ in it, so it is asked for.
 */
export function listeningRange(outgoing: PortRange): PortRange {
  const below = { from: least, to: Math.max(least, outgoing.from) }
  const above = { from: Math.min(most, outgoing.to), to: most }
  const larger = below.to - below.from >= above.to - above.from ? below : above
  return larger.to - larger.from >= enough ? larger : { from: least, to: usual.from }
}

function outgoingRange(): PortRange {
  try {
    const [from = NaN, last = NaN] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .split(/\s+/)
      .map(Number)
    return from < last ? { from, to: last + 1 } : usual
  } catch {
    return usual
  }
}

/** Ports that nobody listens on at this moment; held all at once, or the same could come twice. */
export async function freePorts(count: number): Promise<number[]> {
  const range = listeningRange(outgoingRange())
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
