import { expect, test } from 'vitest'
import { everyRpc, nameOf } from './every-rpc.case.ts'
import { decided, permissionOf, reaches } from './permissions.ts'

const methods = await everyRpc()

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
