import { skipToken, useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'
import { BarList } from '../parts/bar-list.tsx'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field, Select } from '../parts/field.tsx'
import { useLink } from '../session/session-context.tsx'
import { dimensionName, dimensionOf, type ViewFilter } from '../view/filters.ts'
import { useChangeView, useLooking } from '../view/use-view.ts'
import { dimensionWords, operatorWords, valueWords } from '../words/dimensions.ts'
import { words } from '../words/shell.ts'

const dimensions = Object.values(Dimension)
  .filter((one) => one !== Dimension.UNSPECIFIED)
  .map((one) => ({ value: dimensionName(one), name: dimensionWords(one) }))
/** With a shared link nothing is asked about properties. */
const withoutProperty = dimensions.filter(({ value }) => value !== dimensionName(Dimension.PROPERTY))
const operators = [
  FilterOperator.IS,
  FilterOperator.IS_NOT,
  FilterOperator.CONTAINS,
  FilterOperator.DOES_NOT_CONTAIN,
].map((one) => ({ value: String(one), name: operatorWords(one) }))

/**
 * Builds a condition: what, how and with which value; values that were seen are offered. It narrows the view, unless `onAdd`
 * does something else with it.
 */
export function FilterDialog({
  title = words.filters.title,
  onAdd,
  onClose,
}: {
  title?: string
  onAdd?: (filter: ViewFilter) => void
  onClose: () => void
}) {
  const { addFilter } = useChangeView()
  const [name, setName] = useState('page')
  const [operator, setOperator] = useState(String(FilterOperator.IS))
  const [property, setProperty] = useState('')
  const [value, setValue] = useState('')
  const dimension = dimensionOf(name) ?? Dimension.PAGE
  const linked = useLink() !== undefined
  const asksProperty = dimension === Dimension.PROPERTY
  const add = (chosen: string): void => {
    const filter = { dimension, property: asksProperty ? property : '', operator: Number(operator), values: [chosen] }
    const put = onAdd ?? addFilter
    put(filter as ViewFilter)
    onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          add(value)
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <Select
            label={words.filters.dimension}
            value={name}
            options={linked ? withoutProperty : dimensions}
            onChoose={setName}
          />
          <Select label={words.filters.operator} value={operator} options={operators} onChoose={setOperator} />
        </div>
        {asksProperty && (
          <Field
            label={words.filters.property}
            value={property}
            onChange={(event) => setProperty(event.target.value)}
            required
          />
        )}
        <Field
          label={words.filters.value}
          value={value}
          onChange={(event) => setValue(event.target.value)}
          hint={words.filters.hint}
          autoFocus
        />
        <SeenValues dimension={dimension} property={property} text={value} onChoose={add} />
        <Button type="submit" kind="strong" className="self-end" disabled={asksProperty && property === ''}>
          {words.filters.apply}
        </Button>
      </form>
    </Dialog>
  )
}

function SeenValues({
  dimension,
  property,
  text,
  onChoose,
}: {
  dimension: Dimension
  property: string
  text: string
  onChoose: (value: string) => void
}) {
  const { question } = useLooking()
  const typed = useDeferredValue(text)
  const of = { dimension, property: dimension === Dimension.PROPERTY ? property : '' }
  const typedFilter = { ...of, operator: FilterOperator.CONTAINS, values: [typed] }
  const asked = {
    question: { ...question, filters: typed === '' ? question.filters : [...question.filters, typedFilter] },
    ...of,
    limit: 8,
  }
  const ready = dimension !== Dimension.PROPERTY || property !== ''
  const { data } = useQuery(AnalyticsService.method.breakdown, ready ? asked : skipToken, {
    placeholderData: keepPreviousData,
  })
  const rows = (data?.rows ?? []).map(({ value, visitors }) => ({
    key: value,
    name: valueWords(dimension, value),
    count: visitors,
  }))
  return <BarList rows={rows} total={0} rowsShown={8} onChoose={({ key }) => onChoose(key)} />
}
