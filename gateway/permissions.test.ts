import { expect, test } from 'vitest'
import { everyRpc, nameOf } from './every-rpc.case.ts'
import { boundsOf } from './links/within-lock.ts'
import { decided, permissionOf, reaches } from './permissions.ts'

const methods = await everyRpc()

test('every RPC of the contract is open to somebody, and the table names no other', () => {
  for (const method of methods) {
    const { scope, role, shared, open } = permissionOf(method)
    expect([method.name, scope ?? role ?? shared ?? open]).not.toEqual([method.name, undefined])
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
      /^(Create|Update|Put|Set|Rotate|Revoke|Replay|Delete|Remove|Invite|Change|Save|Add|Archive|Fill)/.test(
        method.name,
      )
    ) {
      expect([name, changes]).toEqual([name, true])
    }
    if (looks.test(method.name)) expect([name, changes]).toEqual([name, undefined])
    if (!changes || /^(ChangePassword|SignOutEverywhere)$/.test(method.name)) continue
    expect([name, scope, reaches(role ?? 'viewer', 'editor')]).toEqual([name, 'admin', true])
  }
})

test('a shared link asks about many people at once only, by questions that its lock can bound, and changes nothing', () => {
  const shared = methods.filter((method) => permissionOf(method).shared)
  expect(
    shared
      .map(nameOf)
      .filter((name) => /^List(?!Experiments)|Events|Members|Live|Find|Users|Properties|Explain/.test(name)),
  ).toEqual([])
  for (const method of shared) {
    // Only requests of one answer are bounded.
    expect([method.name, method.methodKind, permissionOf(method).changes]).toEqual([method.name, 'unary', undefined])
    expect([method.name, boundsOf(method.input)]).toEqual([
      method.name,
      method.name === 'ReadLink' ? 'nothing' : expect.stringMatching(/question|own fields/),
    ])
    // What tells of the statements is not looked for in lists.
    const deeper = method.output.fields.flatMap((one) => (one.fieldKind === 'list' ? (one.message?.fields ?? []) : []))
    expect([method.name, deeper.filter((field) => field.message?.name === 'AnswerMeta')]).toEqual([method.name, []])
  }
  expect(shared.length).toBeGreaterThan(20)
})

test('only what somebody does before they are signed in is open', () => {
  expect(methods.filter((method) => permissionOf(method).open).map(({ name }) => name)).toEqual([
    'SignIn',
    'Refresh',
    'ReadInvitation',
    'AcceptInvitation',
  ])
})
