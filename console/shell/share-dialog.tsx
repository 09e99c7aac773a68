import type { MessageInitShape } from '@bufbuild/protobuf'
import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type CreateLinkRequestSchema, LinkService } from '../../proto/gen/userflow/v1/links_pb.ts'
import { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'
import { Button } from '../parts/button.tsx'
import { CodeBlock } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field, Select, Tick } from '../parts/field.tsx'
import { Problem } from '../parts/states.tsx'
import type { Screen } from '../screens/registry.ts'
import type { ViewFilter } from '../view/filters.ts'
import { type Search, writeSearch } from '../view/search.ts'
import { useSites } from '../view/sites.ts'
import { useAddress, useLooking } from '../view/use-view.ts'
import type { View } from '../view/view.ts'
import { filterWords } from '../words/filter-words.ts'
import { words } from '../words/links.ts'

const lasting = Object.entries(words.days).map(([value, name]) => ({ value, name }))

/** Makes a link to what is looked at, and shows it, once. */
export function ShareDialog({ screen, onClose }: { screen: Screen; onClose: () => void }) {
  const client = useQueryClient()
  const make = useMutation(LinkService.method.createLink, { onSuccess: () => client.invalidateQueries() })
  return (
    <Dialog title={words.title} onClose={onClose}>
      {make.data ? (
        <div className="flex flex-col gap-4">
          <p role="status">{words.made}</p>
          <CodeBlock text={make.data.address} label={words.link} />
          <Button kind="strong" className="self-end" onClick={onClose}>
            {words.done}
          </Button>
        </div>
      ) : (
        <Form screen={screen} error={make.error} busy={make.isPending} onMake={make.mutate} />
      )}
    </Dialog>
  )
}

interface FormProps {
  readonly screen: Screen
  readonly error: unknown
  readonly busy: boolean
  readonly onMake: (link: MessageInitShape<typeof CreateLinkRequestSchema>) => void
}

function Form({ screen, error, busy, onMake }: FormProps) {
  const { view } = useLooking()
  const { search } = useAddress()
  const [lasts, setLasts] = useState('30')
  const [locks, setLocks] = useState<Locks>({ site: true, filters: true })
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        const name = String(new FormData(event.currentTarget).get('name'))
        onMake({ name, path: screen.path, lastsDays: Number(lasts), ...lockedOf(view, search, locks) })
      }}
    >
      <p className="text-[13px] text-muted">{words.note}</p>
      <div className="grid gap-4 sm:grid-cols-[1fr_10rem]">
        <Field label={words.name} name="name" defaultValue={screen.name} maxLength={200} required autoFocus />
        <Select label={words.lasts} value={lasts} options={lasting} onChoose={setLasts} />
      </div>
      <LockChoice view={view} locks={locks} onLock={setLocks} />
      {Boolean(error) && <Problem error={error} />}
      <Button type="submit" kind="strong" className="self-end" disabled={busy}>
        {words.submit}
      </Button>
    </form>
  )
}

interface Locks {
  readonly site: boolean
  readonly filters: boolean
}

/** The gateway lets nobody ask about properties with a link, unless it is locked to them. */
const mustLock = (filters: readonly ViewFilter[]): boolean =>
  filters.some(({ dimension }) => dimension === Dimension.PROPERTY)

function LockChoice({ view, locks, onLock }: { view: View; locks: Locks; onLock: (locks: Locks) => void }) {
  const site = useSites().find(({ siteId }) => siteId === view.siteId)
  const { filters, segmentId } = view
  const forced = mustLock(filters)
  const some = site !== undefined || filters.length > 0 || segmentId !== ''
  if (!some) return <p className="text-[13px]">{words.open}</p>
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-[13px] font-medium">{words.locks}</legend>
      {site && (
        <Tick
          label={words.lockSite(site.name)}
          checked={locks.site}
          onChange={({ target }) => onLock({ ...locks, site: target.checked })}
        />
      )}
      {filters.length > 0 && (
        <Tick
          label={words.lockFilters(
            filters
              .map(filterWords)
              .map(({ says, value }) => `${says} ${value}`)
              .join(', '),
          )}
          checked={locks.filters || forced}
          disabled={forced}
          onChange={({ target }) => onLock({ ...locks, filters: target.checked })}
        />
      )}
      {segmentId !== '' && <Tick label={words.lockCohort} checked disabled readOnly />}
      <p className="text-xs text-muted">{forced || segmentId !== '' ? words.always : words.unlocked}</p>
    </fieldset>
  )
}

/** What the link is locked to, and what its address says at first: not what it is locked to anyway, nor what lies open. */
function lockedOf(view: View, search: Search, locks: Locks) {
  const byFilters = locks.filters || mustLock(view.filters)
  const rest = {
    ...search,
    ...{ behind: undefined, show: undefined, all: undefined, members: undefined, segment: undefined },
    ...(locks.site && { site: undefined }),
    ...(byFilters && { f: undefined }),
  }
  return {
    search: writeSearch(rest),
    siteId: locks.site ? view.siteId : 0,
    filters: byFilters ? view.filters.map((one) => ({ ...one, values: [...one.values] })) : [],
    segmentId: view.segmentId,
  }
}
