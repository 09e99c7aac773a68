import { type ErrorCode, RequestError } from '../errors.ts'

/** What can be wrong with a batch as a whole. Anything smaller is a verdict of one event. */
export type RequestProblemCode = Extract<ErrorCode, 'REQUEST_UNDECODABLE' | 'BATCH_EMPTY' | 'BATCH_TOO_MANY'>

/** No event of the request was looked at, and none is on the log. */
export class RequestProblem extends RequestError {
  declare readonly code: RequestProblemCode

  constructor(code: RequestProblemCode, detail?: string, options?: ErrorOptions) {
    super(code, detail, options)
    this.name = 'RequestProblem'
  }
}
