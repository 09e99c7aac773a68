import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import type { ViewFilter } from '../view/filters.ts'
import { useChangeView, useLooking } from '../view/use-view.ts'
import { dimensionWords, operatorWords, valueWords } from '../words/dimensions.ts'
import { words as shared } from '../words/parts.ts'
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
  if (view.filters.length === 0) return undefined
  return (
    <ul
      aria-label={words.filters.label}
      className="mx-auto flex max-w-[90rem] flex-wrap items-center gap-1.5 px-4 pb-2.5 sm:px-6"
    >
      {view.filters.map((filter, at) => (
        <li key={`${filter.dimension}-${filter.property}-${filter.operator}`}>
          <Chip filter={filter} onRemove={() => removeFilter(at)} />
        </li>
      ))}
      <li>
        <Button kind="quiet" className="h-7 text-[13px]" onClick={() => set({ filters: [] })}>
          {words.filters.clear}
        </Button>
      </li>
    </ul>
  )
}

function Chip({ filter, onRemove }: { filter: ViewFilter; onRemove: () => void }) {
  const { dimension, property, operator, values } = filter
  const subject = property || dimensionWords(dimension)
  const shown = values.map((value) => valueWords(dimension, value) || shared.none).join(words.filters.or)
  return (
    <span className="inline-flex h-7 max-w-[min(28rem,90vw)] items-center rounded-full bg-accent-soft pl-3 text-[13px] text-accent-ink">
      <span className="truncate">
        <bdi>{subject}</bdi> {operatorWords(operator)} <bdi className="font-medium">{shown}</bdi>
      </span>
      <button
        type="button"
        aria-label={words.filters.remove(`${subject} ${operatorWords(operator)} ${shown}`)}
        onClick={onRemove}
        className="ml-1 grid size-7 place-items-center rounded-full hover:bg-bar"
      >
        <Icon name="close" size={12} />
      </button>
    </span>
  )
}
