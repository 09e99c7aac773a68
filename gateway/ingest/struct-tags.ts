/** Tags of google.protobuf.Struct, Value and ListValue: field number * 8 + wire type. */
export const structTags = {
  entry: 10,
  key: 10,
  value: 18,
  null: 8,
  number: 17,
  string: 26,
  bool: 32,
  struct: 42,
  list: 50,
  item: 10,
}
