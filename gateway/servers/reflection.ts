import { type DescFile, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import type { Server } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'

/**
 * Adds gRPC server reflection, so that a client needs no local schema. The library reads descriptors from the package
 * definitions of proto-loader; ours come from the generated code, with everything they import.
 */
export function addReflection(server: Server, roots: readonly DescFile[]): void {
  const all = new Map<string, Buffer>()
  const collect = (file: DescFile): void => {
    if (all.has(file.proto.name)) return
    all.set(file.proto.name, Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)))
    file.dependencies.forEach(collect)
  }
  roots.forEach(collect)
  const fileDescriptorProtos = [...all.values()]
  const files = { format: 'Protocol Buffer 3 DescriptorProto' as const, type: {}, fileDescriptorProtos }
  new ReflectionService({ files }).addToServer(server)
}
