import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useMutation, useQuery } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { AdminService, type ApiKey, KeyKind, type Site } from '../../../proto/gen/userflow/v1/admin_pb.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/copy.tsx'
import { Field, Select } from '../../parts/field.tsx'
import { formatMoment } from '../../parts/formats.ts'
import { Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useLooking } from '../../view/use-view.ts'
import { keyKindWords, words } from '../../words/sites.ts'
import { type Ending, EndKey } from './end-key.tsx'

/** The keys of a site: made, rotated, revoked. A text is shown once. */
export function Keys({ site, onMade }: { site: Site; onMade: (secret: string) => void }) {
  const { zone } = useLooking()
  const [made, setMade] = useState('')
  const [ending, setEnding] = useState<Ending>()
  const { data, error, refetch } = useQuery(AdminService.method.listKeys, { siteId: site.siteId, includeEnded: true })
  const take = (secret: string, kind: KeyKind): void => {
    setMade(secret)
    if (kind === KeyKind.WRITE) onMade(secret)
  }
  return (
    <div className="flex flex-col gap-5">
      <MakeKey site={site} onMade={take} />
      {made !== '' && (
        <section aria-label={words.keys.madeTitle} className="flex flex-col gap-2">
          <p className="text-[13px] font-medium text-warn">{words.keys.made}</p>
          <CodeBlock text={made} label={words.keys.madeTitle} />
        </section>
      )}
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {data ? (
        <Table
          label={words.tabs.keys}
          columns={columnsFor(zone, setEnding)}
          rows={data.keys}
          keyOf={({ keyId }) => keyId}
        />
      ) : (
        <SkeletonRows rows={3} height={36} />
      )}
      {ending && <EndKey ending={ending} onClose={() => setEnding(undefined)} onMade={take} />}
    </div>
  )
}

function MakeKey({ site: { siteId }, onMade }: { site: Site; onMade: (secret: string, kind: KeyKind) => void }) {
  const [kind, setKind] = useState(String(KeyKind.WRITE))
  const client = useQueryClient()
  const make = useMutation(AdminService.method.createKey, {
    onSuccess: ({ secret, key }) => {
      onMade(secret, key?.kind ?? KeyKind.UNSPECIFIED)
      void client.invalidateQueries()
    },
  })
  const kinds = [KeyKind.WRITE, KeyKind.SECRET].map((one) => ({ value: String(one), name: keyKindWords(one) }))
  return (
    <form
      aria-label={words.keys.make}
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        const label = String(new FormData(event.currentTarget).get('label'))
        make.mutate({ siteId, kind: Number(kind) as KeyKind, label })
      }}
    >
      <Select label={words.keys.kindLabel} value={kind} options={kinds} onChoose={setKind} />
      <div className="min-w-40 flex-1">
        <Field label={words.keys.labelLabel} name="label" maxLength={200} />
      </div>
      <Button type="submit" kind="strong" className="h-9" disabled={make.isPending}>
        {words.keys.submit}
      </Button>
      {make.error && <Problem error={make.error} />}
    </form>
  )
}

/** Whether a key works, in words. */
function stateOf({ revokedAt, expiresAt }: ApiKey, zone: string): string {
  if (revokedAt) return words.keys.revoked
  if (!expiresAt) return words.keys.works
  const endsMs = timestampMs(expiresAt)
  return endsMs <= Date.now() ? words.keys.ended : words.keys.ends(formatMoment(endsMs, zone))
}

const works = ({ revokedAt, expiresAt }: ApiKey): boolean =>
  !revokedAt && (!expiresAt || timestampMs(expiresAt) > Date.now())

function columnsFor(zone: string, onEnd: (ending: Ending) => void): readonly Column<ApiKey>[] {
  const { keys } = words
  return [
    { key: 'prefix', name: keys.prefix, show: ({ prefix }) => <code className="font-mono text-xs">{prefix}…</code> },
    { key: 'kind', name: keys.kind, show: ({ kind }) => keyKindWords(kind) },
    { key: 'scopes', name: keys.scopes, show: ({ scopes }) => scopes.join(', ') },
    { key: 'label', name: keys.label, grow: true, show: ({ label }) => <bdi>{label}</bdi> },
    {
      key: 'used',
      name: keys.used,
      show: ({ lastUsedAt }) => (lastUsedAt ? formatMoment(timestampMs(lastUsedAt), zone) : keys.never),
    },
    { key: 'state', name: keys.state, show: (key) => stateOf(key, zone) },
    {
      key: 'act',
      name: keys.actions,
      align: 'right',
      show: (key) =>
        works(key) && (
          <span className="inline-flex gap-1">
            <Button kind="quiet" onClick={() => onEnd({ how: 'rotate', key })}>
              {keys.rotate}
            </Button>
            <Button kind="quiet" onClick={() => onEnd({ how: 'revoke', key })}>
              {keys.revoke}
            </Button>
          </span>
        ),
    },
  ]
}
