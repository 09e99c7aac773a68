import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useMinute } from './clock.ts'
import { comparedDays, likeForLike, type Span, spanOf } from './compare.ts'
import type { Day } from './dates.ts'
import { type ViewFilter, withValue } from './filters.ts'
import { type Days, daysOf } from './period.ts'
import { comparisonOf, questionOf } from './question.ts'
import type { Search } from './search.ts'
import { useSites, zoneFor } from './sites.ts'
import { type IntervalName, intervalsFor, readView, type View, writeView } from './view.ts'
import { dayIn } from './zone.ts'

/** The parameters of the address, and how to change some: what is undefined is taken out. Back undoes it. */
export function useAddress(): { search: Search; change: (patch: Search, how?: { replace?: boolean }) => void } {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  return {
    search,
    change: (patch, how = {}) => {
      const next = (before: Search): Search => ({ ...before, ...patch })
      void navigate({ to: '.', search: next as never, replace: how.replace ?? false, resetScroll: false })
    },
  }
}

/** What is looked at, worked out: everything a screen needs to ask. */
export interface Looking {
  readonly view: View
  readonly zone: string
  readonly today: Day
  /** Now, in whole minutes. */
  readonly nowMs: number
  readonly days: Days
  readonly span: Span
  readonly comparedDays: Days | undefined
  /** As much of the period compared with as has passed of this one. */
  readonly comparedSpan: Span | undefined
  readonly interval: IntervalName
  /** The question of the contract for the period. */
  readonly question: ReturnType<typeof questionOf>
  /** The comparison for totals, if one is wanted. */
  readonly compare: ReturnType<typeof comparisonOf> | undefined
  /** The comparison for a chart: the whole period compared with. */
  readonly compareWhole: ReturnType<typeof comparisonOf> | undefined
}

/** The view of the address. */
export function useLooking(): Looking {
  const { search } = useAddress()
  const sites = useSites()
  const nowMs = useMinute()
  return useMemo(() => look(readView(search), { nowMs, sites }), [search, nowMs, sites])
}

function look(view: View, { nowMs, sites }: { nowMs: number; sites: Parameters<typeof zoneFor>[0] }): Looking {
  const zone = zoneFor(sites, view)
  const today = dayIn(nowMs, zone)
  const days = daysOf(view.period, today)
  const span = spanOf(days, zone)
  const before = comparedDays(days, view.compare)
  const whole = before && spanOf(before, zone)
  const comparedSpan = whole && likeForLike(span, whole, nowMs)
  const intervals = intervalsFor(days)
  return {
    view,
    zone,
    today,
    nowMs,
    days,
    span,
    comparedDays: before,
    comparedSpan,
    interval: intervals.find((one) => one === view.interval) ?? intervals[0] ?? 'day',
    question: questionOf({ ...view, zone }, span),
    compare: comparedSpan && comparisonOf(comparedSpan),
    compareWhole: whole && comparisonOf(whole),
  }
}

/** Changes what is looked at; the address follows. */
export function useChangeView() {
  const { search, change } = useAddress()
  const set = (patch: Partial<View>): void => change(writeView({ ...readView(search), ...patch }))
  return {
    set,
    addFilter: (filter: ViewFilter) => set({ filters: withValue(readView(search).filters, filter) }),
    removeFilter: (at: number) => set({ filters: readView(search).filters.filter((_, index) => index !== at) }),
  }
}
