import { type Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'
import { useChangeView, useLooking } from '../view/use-view.ts'

/** Filters everything by a value of a dimension, and takes the filter away by the same click; `property` is the key of one. */
export function useFilterByValue(
  dimension: Dimension,
  property = '',
): {
  isChosen: (value: string) => boolean
  toggle: (value: string) => void
} {
  const { view } = useLooking()
  const { set, addFilter } = useChangeView()
  const at = view.filters.findIndex(
    (one) => one.dimension === dimension && one.property === property && one.operator === FilterOperator.IS,
  )
  const chosen = view.filters[at]
  const isChosen = (value: string): boolean => chosen?.values.includes(value) ?? false
  return {
    isChosen,
    toggle: (value) => {
      if (!chosen || !isChosen(value)) {
        addFilter({ dimension, property, operator: FilterOperator.IS, values: [value] })
        return
      }
      const left = { ...chosen, values: chosen.values.filter((one) => one !== value) }
      set({ filters: view.filters.flatMap((one, index) => (index !== at ? one : left.values.length > 0 ? left : [])) })
    },
  }
}
