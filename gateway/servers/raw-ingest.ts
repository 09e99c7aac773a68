import {
  create,
  createFileRegistry,
  type DescMethod,
  type DescService,
  type JsonObject,
  type Message,
  toBinary,
  toJson,
} from '@bufbuild/protobuf'
import {
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  file_google_protobuf_struct,
} from '@bufbuild/protobuf/wkt'
import { file_userflow_v1_ingest, IngestService } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { batchFromJson, type RawBatch, splitRecordRequest, splitStreamRequest } from '../ingest/batch.ts'

/**
 * How the events of a request are kept while the library reads it: as bytes in the binary form, where a message field and
 * a bytes field look the same, and as any value in the JSON form. So one unreadable event never fails its batch, and the
 * sender's bytes stay as they are, in every protocol the Connect library speaks.
 */
export type EventForm = 'bytes' | 'json'

/** A request of the raw service; only what is needed without looking into the events. */
export type RawRequest = Message & { readonly batch?: bigint; readonly events: readonly unknown[] }

/** IngestService with the events of its requests left unread; everything else is the contract's own. */
export function rawIngestService(form: EventForm): DescService {
  const ingest = create(FileDescriptorProtoSchema, structuredClone(file_userflow_v1_ingest.proto))
  for (const field of ingest.messageType.flatMap((message) => message.field)) {
    if (field.typeName !== '.userflow.v1.Event') continue
    field.type = form === 'bytes' ? FieldDescriptorProto_Type.BYTES : FieldDescriptorProto_Type.MESSAGE
    field.typeName = form === 'bytes' ? '' : '.google.protobuf.Value'
  }
  ingest.dependency.push(file_google_protobuf_struct.proto.name)
  const imported = [...file_userflow_v1_ingest.dependencies, file_google_protobuf_struct]
  const known = imported.flatMap((file) => [...file.dependencies.map((one) => one.proto), file.proto])
  const files = [...new Map([...known, ingest].map((file) => [file.name, file])).values()]
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: files }))
  const service = registry.getService(IngestService.typeName)
  if (!service) throw new Error('the contract has lost its IngestService')
  return service
}

/**
 * Cuts a raw request into events, on the same road as the other doors.
 * @throws RequestError as the write side's split does
 */
export function splitRaw(form: EventForm, method: DescMethod, request: RawRequest): RawBatch {
  if (form === 'bytes') {
    const bytes = toBinary(method.input, request)
    return method.methodKind === 'unary' ? splitRecordRequest(bytes) : splitStreamRequest(bytes)
  }
  const batch = batchFromJson(toJson(method.input, request) as JsonObject)
  return request.batch === undefined ? batch : { ...batch, batch: request.batch }
}

/** Bytes the request's events hold in memory; of JSON, about as many as its text had. */
export function sizeOfRaw(form: EventForm, method: DescMethod, request: RawRequest): number {
  if (form === 'json') return toBinary(method.input, request).length
  return (request.events as readonly Uint8Array[]).reduce((bytes, event) => bytes + event.length, 0)
}
