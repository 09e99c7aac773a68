import { type IncomingMessage, request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** One part of an export, as the gateway told of it. */
export interface Part {
  readonly receivedBefore: string
  readonly rows: number
  /** `after` of the next part; empty: this was the last. */
  readonly next: string
}

/** The gateway refused the export; trying again without a change would be refused again. */
export class ExportRefused extends Error {
  override name = 'ExportRefused'
}

const mostSilenceMs = 60_000

/**
 * Asks for one part and writes its bytes to `to`, at the pace of the disk.
 * @throws ExportRefused with the gateway's words; else an error that may pass by itself
 */
export async function fetchPart(on: { http: string; key: string }, body: object, to: Writable): Promise<Part> {
  const response = await post(on, JSON.stringify(body))
  if (response.statusCode !== 200) throw await refusal(response)
  const receivedBefore = String(response.headers['x-userflow-received-before'] ?? '')
  await pipeline(response, to)
  const { 'x-userflow-rows': rows, 'x-userflow-next': next } = response.trailers
  if (rows === undefined || next === undefined) throw new Error('the gateway ended before the part was whole')
  return { receivedBefore, rows: Number(rows), next }
}

function post({ http, key }: { http: string; key: string }, body: string): Promise<IncomingMessage> {
  const url = new URL('/v1/export/events', http)
  const headers = { 'x-api-key': key, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? requestTls : request)(url, { method: 'POST', headers }, resolve)
    sent.setTimeout(mostSilenceMs, () =>
      sent.destroy(new Error(`the gateway said nothing for ${mostSilenceMs / 1e3} s`)),
    )
    sent.once('error', reject)
    sent.end(body)
  })
}

async function refusal(response: IncomingMessage): Promise<Error> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text = (text + chunk).slice(0, 10_000)
  const { message } = JSON.parse(text || '{}') as { message?: string }
  const words = message ?? `the gateway answered ${response.statusCode}`
  // Busy, or without its database: that passes.
  const passes = response.statusCode === 429 || (response.statusCode ?? 0) >= 500
  return passes ? new Error(words) : new ExportRefused(words)
}
