import type { RejectReason } from '../proto/gen/userflow/v1/ingest_pb.ts'

/** A reason the gateway also knows: the event broke a rule of the contract. */
export type ContractReason = Exclude<keyof typeof RejectReason, 'REJECT_REASON_UNSPECIFIED'>

/**
 * A reason only a worker can find:
 * RECORD_CORRUPT the checksum does not match; RECORD_UNDECODABLE the bytes are no envelope;
 * ROW_UNSTORABLE Postgres refuses the row, or its company, site or receive time cannot be one.
 */
export type RecordReason = 'RECORD_CORRUPT' | 'RECORD_UNDECODABLE' | 'ROW_UNSTORABLE'

/** Why a record of the log became a dead letter. */
export type DeadLetterReason = ContractReason | RecordReason
