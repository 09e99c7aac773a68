import { RequestError } from '../../errors.ts'
import { mostRequestBytes } from '../receive.ts'
import { mostArrivalMs } from '../slow-requests.ts'
import { type HttpRequest, headerOf } from './exchange.ts'
import { inflate } from './inflate.ts'

/** How the body comes: what it says of its length, and whether it is compressed. */
export interface BodyHead {
  /** Undefined: not said, the body comes in chunks. */
  readonly lengthBytes: number | undefined
  readonly gzip: boolean
}

/**
 * Reads what can be known of a body before its first byte.
 * @throws RequestError REQUEST_TOO_LARGE or COMPRESSION_UNSUPPORTED
 */
export function bodyHead(request: HttpRequest): BodyHead {
  const said = headerOf(request, 'content-length')
  const lengthBytes = said === undefined ? undefined : Number(said)
  if (lengthBytes !== undefined && lengthBytes > mostRequestBytes) throw new RequestError('REQUEST_TOO_LARGE')
  const encoding = (headerOf(request, 'content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding !== 'identity' && encoding !== 'gzip') throw new RequestError('COMPRESSION_UNSUPPORTED')
  return { lengthBytes, gzip: encoding === 'gzip' }
}

/**
 * Reads the whole body, decompressed.
 * @throws RequestError REQUEST_TOO_LARGE, COMPRESSION_RATIO, REQUEST_UNDECODABLE or REQUEST_INCOMPLETE
 */
export async function readBody(request: HttpRequest, head: BodyHead): Promise<Buffer> {
  const bytes = await collect(request)
  return head.gzip ? inflate(bytes) : bytes
}

function collect(request: HttpRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (act: () => void): void => {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost)
      act()
    }
    const fail = (error: RequestError): void => settle(() => reject(error))
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      // What still comes is thrown away by the server once it has answered, so that the answer can be read.
      if (size > mostRequestBytes) fail(new RequestError('REQUEST_TOO_LARGE'))
      else chunks.push(chunk)
    }
    const onEnd = (): void =>
      settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    const onLost = (): void => fail(new RequestError('REQUEST_INCOMPLETE'))
    const timer = setTimeout(onLost, mostArrivalMs)
    request.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost)
  })
}
