/** An event whose sender named no session, but a visitor. */
export interface SessionlessEvent {
  /** Index of its row in the digest. */
  readonly row: number
  /** Byte position, in the digest's rows, of the 36 bytes kept free for the session's id. */
  readonly at: number
  readonly companyId: number
  readonly siteId: number
  readonly visitorId: string
  /** When it happened, microseconds since 1970. */
  readonly timeUs: number
  /** UUID text. */
  readonly eventId: string
}
