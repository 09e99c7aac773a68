import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Member, PeopleService, Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../../parts/button.tsx'
import { formatMoment } from '../../parts/formats.ts'
import { Problem } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useMay, useMe, useSigning } from '../../session/session-context.tsx'
import { useLooking } from '../../view/use-view.ts'
import { roleWords } from '../../words/sign-in.ts'
import { words } from '../../words/team.ts'
import { RemoveMember } from './remove-member.tsx'
import { roleOptions } from './roles.ts'

/** The members; an admin changes their roles and removes them. */
export function Members({ members }: { members: readonly Member[] }) {
  const { zone } = useLooking()
  const { person } = useMe()
  const may = useMay(Role.ADMIN)
  const { refresh } = useSigning()
  const client = useQueryClient()
  const [leaving, setLeaving] = useState<Member>()
  const change = useMutation(PeopleService.method.changeRole, {
    // Whoever changes their own role sees at once what is left to them.
    onSuccess: (_, { personId }) => (personId === person?.personId ? refresh() : undefined),
    onSettled: () => client.invalidateQueries(),
  })
  const columns = columnsFor({
    zone,
    mine: person?.personId ?? '',
    ...(may && {
      acts: {
        busy: change.isPending,
        onRole: (member: Member, role: Role) => change.mutate({ personId: idOf(member), role }),
        onRemove: setLeaving,
      },
    }),
  })
  return (
    <>
      {change.error && (
        <div className="px-4 pt-2">
          <Problem error={change.error} />
        </div>
      )}
      <Table label={words.allMembers} columns={columns} rows={members} keyOf={idOf} />
      {leaving && <RemoveMember member={leaving} onClose={() => setLeaving(undefined)} />}
    </>
  )
}

const idOf = ({ person }: Member): string => person?.personId ?? ''
const emailOf = ({ person }: Member): string => person?.email ?? ''

interface Acts {
  readonly busy: boolean
  readonly onRole: (member: Member, role: Role) => void
  readonly onRemove: (member: Member) => void
}

function columnsFor({ zone, mine, acts }: { zone: string; mine: string; acts?: Acts }): readonly Column<Member>[] {
  const { columns } = words
  const looked: readonly Column<Member>[] = [
    {
      key: 'person',
      name: columns.person,
      by: ({ person }) => person?.name ?? '',
      show: (member) => (
        <>
          <bdi>{member.person?.name || '–'}</bdi>
          {idOf(member) === mine && (
            <span className="ml-2 rounded bg-hover px-1.5 text-xs text-muted">{words.you}</span>
          )}
        </>
      ),
    },
    { key: 'email', name: columns.email, by: emailOf, show: (member) => <bdi>{emailOf(member)}</bdi> },
    {
      key: 'role',
      name: columns.role,
      by: ({ role }) => role,
      show: (member) => (acts ? <RoleChoice member={member} acts={acts} /> : roleWords(member.role)),
    },
    { key: 'since', name: columns.since, show: ({ since }) => since && formatMoment(timestampMs(since), zone) },
    {
      key: 'seen',
      name: columns.seen,
      by: ({ lastSeenAt }) => (lastSeenAt ? timestampMs(lastSeenAt) : 0),
      show: ({ lastSeenAt }) => (lastSeenAt ? formatMoment(timestampMs(lastSeenAt), zone) : words.never),
    },
  ]
  if (!acts) return looked
  const remove: Column<Member> = {
    key: 'act',
    name: columns.act,
    align: 'right',
    show: (member) => (
      <Button kind="quiet" aria-label={words.removeOf(emailOf(member))} onClick={() => acts.onRemove(member)}>
        {words.remove}
      </Button>
    ),
  }
  return [...looked, remove]
}

function RoleChoice({ member, acts }: { member: Member; acts: Acts }) {
  return (
    <select
      aria-label={words.roleOf(emailOf(member))}
      className="h-7 rounded-md border border-line bg-panel px-1.5 text-ink disabled:opacity-60"
      value={String(member.role)}
      disabled={acts.busy}
      onChange={({ target }) => acts.onRole(member, Number(target.value) as Role)}
    >
      {roleOptions.map(({ value, name }) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  )
}
