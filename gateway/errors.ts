import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { ConnectError } from '@connectrpc/connect'
import { codeToString } from '@connectrpc/connect/protocol-connect'
import { catalogue, type Entry } from './catalogue.ts'

/** A code of the catalogue; also the value of the header `x-userflow-error`. */
export type ErrorCode = keyof typeof catalogue

/** Header and trailer that carries the code. */
export const errorHeader = 'x-userflow-error'

/**
 * A whole request cannot be answered. Thrown by any part of the gateway; the doors turn it into their protocol's form.
 * `detail` says what was wrong this time and is shown to the sender, before the catalogue's text.
 */
export class RequestError extends Error {
  override name = 'RequestError'
  readonly code: ErrorCode
  /** Seconds after which the sender may come back, if at all: the catalogue's, unless it is known better this time. */
  readonly retryAfterSeconds: number | undefined
  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions & { readonly retryAfterSeconds?: number }) {
    super(detail ? `${detail}. ${catalogue[code].message}` : catalogue[code].message, options)
    this.code = code
    this.retryAfterSeconds = options?.retryAfterSeconds ?? retryAfterSeconds(code)
  }
}

/** What is wrong with a parameter: its name, the rule, and where it is not plain what to do. */
export const invalid = (parameter: string, rule: string): RequestError =>
  new RequestError('PARAMETER_INVALID', `${parameter}: ${rule}`)

/** Total: what the sender is told about anything thrown. An error that is not a RequestError is INTERNAL and shows nothing. */
export function toRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error
  return new RequestError('INTERNAL', undefined, { cause: error })
}

/** Seconds after which the sender may come back, if at all, as the catalogue has it. */
export function retryAfterSeconds(code: ErrorCode): number | undefined {
  const entry: Entry = catalogue[code]
  return entry.retryAfterSeconds
}

/**
 * Total: the error as Connect, gRPC-web and gRPC tell it. It carries the code in the header `x-userflow-error` and as
 * google.rpc.ErrorInfo, and where a resend makes sense `retry-after` in seconds and google.rpc.RetryInfo.
 * A ConnectError passes as it is: the Connect library has already said what was wrong with the request.
 */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error
  const { code, message, cause, retryAfterSeconds: seconds } = toRequestError(error)
  const answer = new ConnectError(message, catalogue[code].connect, { [errorHeader]: code }, undefined, cause)
  answer.details.push({ type: 'google.rpc.ErrorInfo', value: errorInfo(code), debug: { reason: code, domain } })
  if (seconds !== undefined) {
    answer.metadata.set('retry-after', String(seconds))
    const debug = { retryDelay: `${seconds}s` }
    answer.details.push({ type: 'google.rpc.RetryInfo', value: retryInfo(seconds), debug })
  }
  return answer
}

/** The error as the plain HTTP addresses tell it: catalogue code, its Connect name, and the text. */
export function toPlainError(error: RequestError): { code: ErrorCode; error: string; message: string } {
  return { code: error.code, error: codeToString(catalogue[error.code].connect), message: error.message }
}

const domain = 'userflow.v1'

/** google.rpc.ErrorInfo: reason = 1, domain = 2. Written by hand: two fields do not need generated code. */
const errorInfo = (code: ErrorCode) => new BinaryWriter().tag(1, 2).string(code).tag(2, 2).string(domain).finish()

/** google.rpc.RetryInfo: retry_delay = 1, a Duration whose seconds are field 1. */
const retryInfo = (seconds: number) => new BinaryWriter().tag(1, 2).fork().tag(1, 0).int64(seconds).join().finish()
