import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService, BreakdownOrder, type BreakdownRow } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { type Call, callOf } from '../../parts/curl.ts'
import { questionOf } from '../../view/question.ts'
import { useLooking } from '../../view/use-view.ts'

const method = AnalyticsService.method.breakdown
const order = BreakdownOrder.EVENTS
/** Most names at once; the search finds the others. */
const mostNames = 200
/** More of the period compared with: what was common now may have been rare. */
const mostOldNames = 1_000

/** Custom events are told apart by their names, everything else by its type. */
export const custom = 'custom'

type Question = ReturnType<typeof questionOf>

/** Events of one kind, such as "page_view", or "custom" with a name. */
export interface NamedEvents {
  readonly kind: string
  readonly name: string
  readonly figures: BreakdownRow
}

const typesOf = (question: Question) => ({ question, dimension: Dimension.EVENT_TYPE, order, limit: 50 })

function namesOf(question: Question, typed: string, limit: number) {
  const isCustom = { dimension: Dimension.EVENT_TYPE, property: '', operator: FilterOperator.IS, values: [custom] }
  const contains = { dimension: Dimension.EVENT_NAME, property: '', operator: FilterOperator.CONTAINS, values: [typed] }
  const filters = [...question.filters, isCustom, ...(typed === '' ? [] : [contains])]
  return { question: { ...question, filters }, dimension: Dimension.EVENT_NAME, order, limit }
}

/** What happened in the period by kind, most first, and by kind what happened in the period compared with. */
export function useNames(typed: string) {
  const { question, view, zone, comparedSpan } = useLooking()
  const before = comparedSpan && questionOf({ ...view, zone }, comparedSpan)
  const kept = { placeholderData: keepPreviousData }
  const types = useQuery(method, typesOf(question), kept)
  const names = useQuery(method, namesOf(question, typed, mostNames), kept)
  const old = { ...kept, enabled: before !== undefined }
  const oldTypes = useQuery(method, typesOf(before ?? question), old)
  const oldNames = useQuery(method, namesOf(before ?? question, typed, mostOldNames), old)
  const error = types.error ?? names.error
  return {
    rows: types.data && names.data && rowsOf(types.data.rows, names.data.rows),
    before: before &&
      oldTypes.data &&
      oldNames.data && {
        rows: rowsOf(oldTypes.data.rows, oldNames.data.rows),
        isWhole: oldNames.data.rows.length >= oldNames.data.values,
      },
    total: types.data?.total,
    names: names.data?.values ?? 0,
    namesShown: names.data?.rows.length ?? 0,
    meta: { types: types.data?.meta, names: names.data?.meta },
    calls: {
      types: callOf(method, typesOf(question)),
      names: callOf(method, namesOf(question, typed, mostNames)),
    } satisfies Record<string, Call>,
    waits: types.isPlaceholderData || names.isPlaceholderData,
    error,
    retry: (): void => void Promise.all([types.refetch(), names.refetch()]),
  }
}

function rowsOf(types: readonly BreakdownRow[], names: readonly BreakdownRow[]): readonly NamedEvents[] {
  return [
    ...types.filter(({ value }) => value !== custom).map((figures) => ({ kind: figures.value, name: '', figures })),
    ...names.map((figures) => ({ kind: custom, name: figures.value, figures })),
  ].toSorted((a, b) => b.figures.events - a.figures.events)
}
