import { Code } from '@connectrpc/connect'

/** What a code means to a sender: Connect/gRPC code, HTTP status, the rule with its remedy, and when to come back. */
export interface Entry {
  readonly connect: Code
  readonly http: number
  readonly message: string
  /** Seconds until a resend makes sense; absent: a resend of the same request fails again. */
  readonly retryAfterSeconds?: number
}

/** Every way a whole request can fail. `docs/errors.md` has one row for each, and a test compares the two. */
export const catalogue = {
  KEY_MISSING: {
    connect: Code.Unauthenticated,
    http: 401,
    message: 'A key is needed: send it as x-api-key, as authorization: Bearer, or for browsers as ?key=.',
  },
  KEY_UNKNOWN: {
    connect: Code.Unauthenticated,
    http: 401,
    message: 'This key does not exist, has expired or was revoked: take a current key of the site.',
  },
  KEY_NOT_ALLOWED: {
    connect: Code.PermissionDenied,
    http: 403,
    message:
      'This key may not do this: send from pages with a write key; read and manage from a server with a secret key that has the scope.',
  },
  ORIGIN_NOT_ALLOWED: {
    connect: Code.PermissionDenied,
    http: 403,
    message: 'Pages of this origin may not use this key: add the origin to the allowed origins of the site.',
  },
  VISITOR_OPTED_OUT: {
    connect: Code.PermissionDenied,
    http: 403,
    message:
      'The site does not record visitors who ask for it, and kept nothing of this request: there is nothing to do.',
  },
  TOKEN_ENDED: {
    connect: Code.Unauthenticated,
    http: 401,
    message: 'This access token is not good, or no longer: refresh it, or sign in again.',
  },
  SIGNED_OUT: {
    connect: Code.Unauthenticated,
    http: 401,
    message: 'Nobody is signed in here, or no longer: sign in.',
  },
  SIGN_IN_REFUSED: {
    connect: Code.Unauthenticated,
    http: 401,
    message: 'Address and password do not belong together: check both, or ask an operator for a new password.',
  },
  SIGN_IN_LIMITED: {
    connect: Code.ResourceExhausted,
    http: 429,
    message: 'There were too many attempts to sign in: wait as long as it says.',
    retryAfterSeconds: 5,
  },
  LINK_ENDED: {
    connect: Code.Unauthenticated,
    http: 401,
    message: 'This link does not exist, has ended or was taken back: ask whoever shared it for a new one.',
  },
  LINK_NOT_ALLOWED: {
    connect: Code.PermissionDenied,
    http: 403,
    message: 'A shared link shows figures of many people at once and nothing else: sign in for more.',
  },
  ROLE_TOO_LOW: {
    connect: Code.PermissionDenied,
    http: 403,
    message: 'Your role may not do this: ask an admin of the company.',
  },
  PAGE_NOT_ALLOWED: {
    connect: Code.PermissionDenied,
    http: 403,
    message: 'People use only pages that this gateway itself serves: open it by its own address.',
  },
  INVITATION_ENDED: {
    connect: Code.NotFound,
    http: 404,
    message: 'This invitation does not exist, was used or has ended: ask for a new one.',
  },
  ALREADY_MEMBER: {
    connect: Code.FailedPrecondition,
    http: 400,
    message: 'Somebody with this address is a member already: change their role instead.',
  },
  LAST_ADMIN: {
    connect: Code.FailedPrecondition,
    http: 400,
    message: 'The company has no other admin, so nobody could manage it again: make another member one first.',
  },
  REQUEST_UNDECODABLE: {
    connect: Code.InvalidArgument,
    http: 400,
    message: 'The request cannot be read as what its content type says: check body, content type and encoding.',
  },
  REQUEST_INCOMPLETE: {
    connect: Code.DeadlineExceeded,
    http: 408,
    message: 'The request did not arrive in time: send its whole body within 30 seconds.',
  },
  BATCH_EMPTY: {
    connect: Code.InvalidArgument,
    http: 400,
    message: 'A batch has 1 to 1,000 events, and this one has none: send at least one.',
  },
  BATCH_TOO_MANY: {
    connect: Code.InvalidArgument,
    http: 400,
    message: 'A batch has 1 to 1,000 events, and this one has more: split it.',
  },
  REQUEST_TOO_LARGE: {
    connect: Code.ResourceExhausted,
    http: 413,
    message: 'A request has at most 4 MiB after decompression: send smaller batches.',
  },
  COMPRESSION_RATIO: {
    connect: Code.ResourceExhausted,
    http: 413,
    message: 'Beyond 64 KiB a body may be at most 100 times its compressed size: send it uncompressed.',
  },
  COMPRESSION_UNSUPPORTED: {
    connect: Code.Unimplemented,
    http: 415,
    message: 'Only one layer of gzip, or none, is taken: set content-encoding to gzip or leave it out.',
  },
  CONTENT_TYPE_UNSUPPORTED: {
    connect: Code.InvalidArgument,
    http: 415,
    message: 'This content type is not taken here: send application/json or, to the RPC path, application/proto.',
  },
  COMPANY_OVER_SHARE: {
    connect: Code.ResourceExhausted,
    http: 429,
    message: 'The gateway is busy and this company uses more than its share: wait and resend with the same event ids.',
    retryAfterSeconds: 1,
  },
  RATE_LIMITED: {
    connect: Code.ResourceExhausted,
    http: 429,
    message: 'Nothing of this request was taken: wait as long as it says and resend with the same event ids.',
    retryAfterSeconds: 1,
  },
  GATEWAY_FULL: {
    connect: Code.Unavailable,
    http: 503,
    message: 'The gateway has no memory left for more requests: wait and resend with the same event ids.',
    retryAfterSeconds: 2,
  },
  GATEWAY_STOPPING: {
    connect: Code.Unavailable,
    http: 503,
    message: 'This gateway is stopping: connect again and resend what was not acknowledged.',
    retryAfterSeconds: 1,
  },
  LOG_DOWN: {
    connect: Code.Unavailable,
    http: 503,
    message: 'The log does not answer: wait and resend with the same event ids.',
    retryAfterSeconds: 5,
  },
  STORE_DOWN: {
    connect: Code.Unavailable,
    http: 503,
    message: 'The database does not answer: wait and try again.',
    retryAfterSeconds: 5,
  },
  TOO_MANY_QUESTIONS: {
    connect: Code.ResourceExhausted,
    http: 429,
    message: 'The company has as many questions or exports under way as it may: wait and ask again.',
    retryAfterSeconds: 2,
  },
  QUERY_TOO_SLOW: {
    connect: Code.DeadlineExceeded,
    http: 504,
    message: 'The question took longer than allowed: ask for a shorter period or fewer sites.',
  },
  PARAMETER_INVALID: {
    connect: Code.InvalidArgument,
    http: 400,
    message: 'A parameter of the question is missing or out of range.',
  },
  UNKNOWN_ID: {
    connect: Code.NotFound,
    http: 404,
    message: 'Nothing of this company has this id: list what there is.',
  },
  DEMO_UNAVAILABLE: {
    connect: Code.FailedPrecondition,
    http: 400,
    message:
      'This gateway was started without what makes traffic: run npm run simulate with a key of the site instead.',
  },
  KEY_ENDED: {
    connect: Code.FailedPrecondition,
    http: 400,
    message: 'This key was rotated before or has ended: make a new one.',
  },
  LAST_ADMIN_KEY: {
    connect: Code.FailedPrecondition,
    http: 400,
    message:
      'No other key of the company has the scope "admin" and lasts, so nobody could get in again: make one first.',
  },
  SCHEMA_INVALID: {
    connect: Code.InvalidArgument,
    http: 400,
    message: 'This JSON Schema cannot be taken; docs/schemas.md says what can: mend it at the place that is named.',
  },
  SCHEMA_UNKNOWN: {
    connect: Code.NotFound,
    http: 404,
    message: 'The company has no schema for events of this name: put one first.',
  },
  SCHEMA_WOULD_REJECT: {
    connect: Code.FailedPrecondition,
    http: 400,
    message:
      'Enforced, this schema would have rejected events of the last 7 days: mend them or the schema, or say although_it_rejects.',
  },
  SCHEMA_CONFLICT: {
    connect: Code.FailedPrecondition,
    http: 400,
    message: 'Something else of the company stands in the way of this schema: change one of the two.',
  },
  NOT_FOUND: {
    connect: Code.NotFound,
    http: 404,
    message: 'There is nothing at this address: GET / lists what is.',
  },
  METHOD_UNKNOWN: {
    connect: Code.Unimplemented,
    http: 405,
    message: 'This address does not answer this method: GET / lists what does.',
  },
  INTERNAL: {
    connect: Code.Internal,
    http: 500,
    message: 'The gateway failed and has logged why: resend with the same event ids, and report it if it stays.',
  },
} as const satisfies Record<string, Entry>
