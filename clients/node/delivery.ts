import type { RecordEventsResponse } from '../../proto/gen/userflow/v1/ingest_pb.ts'

/** A road to the gateway that retries by itself, with the same bytes: a gRPC stream, or requests over HTTP. */
export interface Delivery extends AsyncDisposable {
  /** Events that were sent more than once, counted each time. */
  readonly resent: number
  /**
   * Sends 1 to 1,000 encoded events, each with its id and time, 4 MiB at most. Resolves once each has a verdict; a verdict
   * RETRY means that it was given up and may or may not be stored.
   * @throws Error with the server's words when it refuses this sender for good
   */
  sendEncoded(events: readonly Uint8Array[]): Promise<RecordEventsResponse>
  /** No further attempt of anything: what is undecided is told as RETRY. */
  abandon(): void
}
