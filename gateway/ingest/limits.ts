/**
 * The limits of the contract, in one place. Sizes are bytes of UTF-8.
 * Raising one is safe only after a test shows that Postgres stores the new size in every column and index it reaches.
 */
export const limits = {
  batchEvents: 1_000,
  eventBytes: 64 * 1024,
  /** event_id aside, which is a UUID: session_id, visitor_id, user_id. They are indexed, and a B-tree entry has 2,704 bytes. */
  idBytes: 200,
  urlBytes: 8 * 1024,
  textBytes: 8 * 1024,
  nameBytes: 200,
  /** Levels of objects and lists, the outermost object of `properties` being the first. */
  propertyDepth: 32,
  /** Keys of `properties` on all levels together. */
  propertyKeys: 255,
  experiments: 50,
  number: 1e308,
  scrollPercent: 100,
  /** 2000-01-01T00:00:00Z, the first time taken. */
  earliestSeconds: 946_684_800,
  /** 2100-01-01T00:00:00Z, the first time not taken. */
  latestSeconds: 4_102_444_800,
  /** How far a sender's clock may be ahead of the gateway's. */
  aheadUs: 24 * 3_600 * 1_000_000,
} as const
