import { readdirSync, readFileSync } from 'node:fs'
import type { DescFile, DescMethod } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { file_userflow_v1_admin } from '../proto/gen/userflow/v1/admin_pb.ts'
import { file_userflow_v1_analytics } from '../proto/gen/userflow/v1/analytics_pb.ts'
import { file_userflow_v1_ingest } from '../proto/gen/userflow/v1/ingest_pb.ts'
import { file_userflow_v1_people } from '../proto/gen/userflow/v1/people_pb.ts'
import { file_userflow_v1_pipeline } from '../proto/gen/userflow/v1/pipeline_pb.ts'
import { file_userflow_v1_schemas } from '../proto/gen/userflow/v1/schemas_pb.ts'
import { file_userflow_v1_segments } from '../proto/gen/userflow/v1/segments_pb.ts'
import { file_userflow_v1_users } from '../proto/gen/userflow/v1/users_pb.ts'
import { decided, permissionOf, reaches } from './permissions.ts'

const files: readonly DescFile[] = [
  file_userflow_v1_admin,
  file_userflow_v1_analytics,
  file_userflow_v1_ingest,
  file_userflow_v1_people,
  file_userflow_v1_pipeline,
  file_userflow_v1_schemas,
  file_userflow_v1_segments,
  file_userflow_v1_users,
]

const methods = files.flatMap((file) => file.services.flatMap((service) => service.methods))
const nameOf = (method: DescMethod) => `${method.parent.name}.${method.name}`

test('every file of the contract with a service is looked at', () => {
  const folder = new URL('../proto/userflow/v1/', import.meta.url)
  const withService = readdirSync(folder).filter((name) =>
    /^service /m.test(readFileSync(new URL(name, folder), 'utf8')),
  )
  expect(files.map((file) => `${file.name.replace('userflow/v1/', '')}.proto`).sort()).toEqual(withService.sort())
})

test('every RPC of the contract is open to somebody, and the table names no other', () => {
  for (const method of methods) {
    const { scope, role, open } = permissionOf(method)
    expect([method.name, scope ?? role ?? open]).not.toEqual([method.name, undefined])
    if (method.parent.name === 'IngestService') expect(permissionOf(method)).toEqual({ scope: 'ingest' })
  }
  expect(decided).toEqual(methods.map(nameOf).sort())
})

test('what changes something asks a key for admin and a person for more than looking, and is noted', () => {
  const looks =
    /^(List|Read|Try|Find|Me$|Overview|Live|Balance|Breakdown|EventBreakdown|RecentEvents|TimeSeries|Activity|UserStatistics|Retention|Churn|SignOut$)/
  for (const method of methods.filter(({ parent }) => parent.name !== 'IngestService')) {
    const { scope, role, changes, open } = permissionOf(method)
    if (open) continue
    const name = nameOf(method)
    if (
      /^(Create|Update|Put|Set|Rotate|Revoke|Replay|Delete|Remove|Invite|Change|Save|Add|Archive)/.test(method.name)
    ) {
      expect([name, changes]).toEqual([name, true])
    }
    if (looks.test(method.name)) expect([name, changes]).toEqual([name, undefined])
    if (!changes || /^(ChangePassword|SignOutEverywhere)$/.test(method.name)) continue
    expect([name, scope, reaches(role ?? 'viewer', 'editor')]).toEqual([name, 'admin', true])
  }
})

test('only what somebody does before they are signed in is open', () => {
  expect(methods.filter((method) => permissionOf(method).open).map(({ name }) => name)).toEqual([
    'SignIn',
    'Refresh',
    'ReadInvitation',
    'AcceptInvitation',
  ])
})
