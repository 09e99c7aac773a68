import type { DescFile } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { file_userflow_v1_admin } from '../proto/gen/userflow/v1/admin_pb.ts'
import { file_userflow_v1_analytics } from '../proto/gen/userflow/v1/analytics_pb.ts'
import { file_userflow_v1_ingest } from '../proto/gen/userflow/v1/ingest_pb.ts'
import { file_userflow_v1_pipeline } from '../proto/gen/userflow/v1/pipeline_pb.ts'
import { file_userflow_v1_schemas } from '../proto/gen/userflow/v1/schemas_pb.ts'
import { file_userflow_v1_segments } from '../proto/gen/userflow/v1/segments_pb.ts'
import { scopeOf } from './permissions.ts'

const files: readonly DescFile[] = [
  file_userflow_v1_admin,
  file_userflow_v1_analytics,
  file_userflow_v1_ingest,
  file_userflow_v1_pipeline,
  file_userflow_v1_schemas,
  file_userflow_v1_segments,
]

test('every RPC of the contract asks for a scope, and what changes something asks for admin', () => {
  for (const method of files.flatMap((file) => file.services.flatMap((service) => service.methods))) {
    const scope = scopeOf(method)
    if (method.parent.name === 'IngestService') expect(scope).toBe('ingest')
    else if (/^(Create|Update|Put|Set|Delete|Rotate|Revoke|Replay)/.test(method.name)) expect(scope).toBe('admin')
    else expect(['read', 'admin']).toContain(scope)
  }
})
