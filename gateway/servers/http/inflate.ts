import { gunzip } from 'node:zlib'
import { RequestError } from '../../errors.ts'
import { mostRequestBytes } from '../receive.ts'

/** JSON of real events compresses about tenfold; a hundredfold is no batch of events. */
const mostRatio = 100
/** Below this the ratio says nothing, and the memory is not worth a refusal. */
const freeBytes = 64 * 1024

/**
 * Inflates one layer of gzip. The library inflates piece by piece and stops at the limit, so a bomb costs no more than
 * an honest request.
 * @throws RequestError REQUEST_TOO_LARGE, COMPRESSION_RATIO or REQUEST_UNDECODABLE
 */
export function inflate(compressed: Uint8Array): Promise<Buffer> {
  const byRatio = Math.max(freeBytes, compressed.length * mostRatio)
  const mostBytes = Math.min(mostRequestBytes, byRatio)
  return new Promise((resolve, reject) => {
    gunzip(compressed, { maxOutputLength: mostBytes }, (error, inflated) => {
      if (!error) resolve(inflated)
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
        reject(new RequestError(byRatio < mostRequestBytes ? 'COMPRESSION_RATIO' : 'REQUEST_TOO_LARGE'))
      } else reject(new RequestError('REQUEST_UNDECODABLE', 'The body is not gzip', { cause: error }))
    })
  })
}
