import { useQuery } from '@connectrpc/connect-query'
import { SegmentService } from '../../proto/gen/userflow/v1/segments_pb.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useLink } from '../session/session-context.tsx'
import type { ViewFilter } from '../view/filters.ts'
import { useChangeView, useLooking } from '../view/use-view.ts'
import { chip as cohort } from '../words/cohort-chip.ts'
import { filterWords } from '../words/filter-words.ts'
import { words as links } from '../words/links.ts'
import { words } from '../words/shell.ts'
import { FilterDialog } from './filter-dialog.tsx'

/** The button that opens the dialogue of filters. */
export function AddFilter({ open, onOpen }: { open: boolean; onOpen: (open: boolean) => void }) {
  return (
    <>
      <Button kind="quiet" icon="filter" onClick={() => onOpen(true)}>
        {words.filters.add}
      </Button>
      {open && <FilterDialog onClose={() => onOpen(false)} />}
    </>
  )
}

/** What is filtered by; each chip can be taken away. */
export function FilterChips() {
  const { view } = useLooking()
  const { set, removeFilter } = useChangeView()
  const link = useLink()
  const locked = link !== undefined && (link.filters.length > 0 || link.segmentName !== '')
  const free = view.filters.length > 0 || view.segmentId !== ''
  if (!locked && !free) return undefined
  return (
    <ul
      aria-label={words.filters.label}
      className="mx-auto flex max-w-[90rem] flex-wrap items-center gap-1.5 px-4 pb-2.5 sm:px-6"
    >
      {locked && <LockedChips filters={link.filters} segmentName={link.segmentName} />}
      {view.filters.map((filter, at) => (
        <li key={`${filter.dimension}-${filter.property}-${filter.operator}`}>
          <Chip filter={filter} onRemove={() => removeFilter(at)} />
        </li>
      ))}
      {view.segmentId !== '' && (
        <li>
          <CohortChip segmentId={view.segmentId} onRemove={() => set({ segmentId: '' })} />
        </li>
      )}
      {free && (
        <li>
          <Button kind="quiet" className="h-7 text-[13px]" onClick={() => set({ filters: [], segmentId: '' })}>
            {words.filters.clear}
          </Button>
        </li>
      )}
    </ul>
  )
}

function Chip({ filter, onRemove }: { filter: ViewFilter; onRemove: () => void }) {
  return <ChipLook {...filterWords(filter)} onRemove={onRemove} />
}

/** What a shared link is locked to: nobody takes it away. */
function LockedChips({ filters, segmentName }: { filters: readonly ViewFilter[]; segmentName: string }) {
  const chips = filters.map(filterWords)
  if (segmentName !== '') chips.push({ says: cohort.chip, value: segmentName })
  return (
    <>
      <li className="text-[13px] text-muted">{links.reader.locked}</li>
      {chips.map(({ says, value }) => (
        <li key={`${says} ${value}`}>
          <ChipLook says={says} value={value} />
        </li>
      ))}
    </>
  )
}

/** A saved set of people by its name. */
function CohortChip({ segmentId, onRemove }: { segmentId: string; onRemove: () => void }) {
  const { data } = useQuery(SegmentService.method.listSegments, {})
  const name = data?.segments.find((one) => one.segmentId === segmentId)?.name
  return <ChipLook says={cohort.chip} value={name ?? (data ? cohort.unknown : '…')} onRemove={onRemove} />
}

function ChipLook({ says, value, onRemove }: { says: string; value: string; onRemove?: () => void }) {
  return (
    <span className="inline-flex h-7 max-w-[min(28rem,90vw)] items-center rounded-full bg-accent-soft px-3 text-[13px] text-accent-ink has-[button]:pr-0">
      <span className="truncate">
        <bdi>{says}</bdi> <bdi className="font-medium">{value}</bdi>
      </span>
      {onRemove && (
        <button
          type="button"
          aria-label={words.filters.remove(`${says} ${value}`)}
          onClick={onRemove}
          className="ml-1 grid size-7 place-items-center rounded-full hover:bg-bar"
        >
          <Icon name="close" size={12} />
        </button>
      )}
    </span>
  )
}
