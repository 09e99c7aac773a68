import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

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

/** Processes that look at the same time begin in different places. */
const portsOfAProcess = 64
let taken = process.pid * portsOfAProcess

/**
 * Ports that nobody listens on at this moment, and none that this process was given before: whoever got it may not listen yet.
 * (Taken by chance, one in some hundred systems gave two of its parts the same.)
 */
export async function freePorts(count: number): Promise<number[]> {
  const range = listeningRange(outgoingRange())
  const ports: number[] = []
  for (let tries = 0; ports.length < count; tries++) {
    if (tries === 1_000) throw new Error(`no ${count} free ports between ${range.from} and ${range.to}`)
    const port = range.from + (taken++ % (range.to - range.from))
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    await new Promise((resolve) => server.close(resolve))
    return true
  } catch {
    return false
  }
}
