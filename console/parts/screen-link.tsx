import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Search } from '../view/search.ts'
import { useAddress } from '../view/use-view.ts'
import { viewOnly } from '../view/view.ts'

/** A way to another screen, which takes along what is looked at; `more` is added, or instead of it. */
export function ScreenLink({ to, more = {}, children }: { to: string; more?: Search; children: ReactNode }) {
  const { search } = useAddress()
  const { f: before, ...rest } = viewOnly(search)
  const { f: added, ...others } = more
  const filters = [before ?? [], added ?? []].flat()
  const there = { ...rest, ...others, f: filters.length === 0 ? undefined : [...new Set(filters)] }
  return (
    <Link to={to as never} search={there as never} className="text-[13px] text-accent-ink hover:underline">
      {children}
    </Link>
  )
}
