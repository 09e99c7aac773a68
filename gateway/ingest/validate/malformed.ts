/** Bytes that are no protobuf message, or one that two readers could understand differently. */
export class Malformed extends Error {
  override name = 'Malformed'
}
