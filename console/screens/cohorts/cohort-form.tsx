import { useMutation, useQuery } from '@connectrpc/connect-query'
import { keepPreviousData, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { People } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { type SavedSegment, SegmentService } from '../../../proto/gen/userflow/v1/segments_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, Select } from '../../parts/field.tsx'
import { Figures } from '../../parts/figures.tsx'
import { formatCount } from '../../parts/formats.ts'
import { Problem } from '../../parts/states.tsx'
import { FilterDialog } from '../../shell/filter-dialog.tsx'
import { useLooking } from '../../view/use-view.ts'
import { words } from '../../words/cohorts.ts'
import { RuleCard } from './rule-card.tsx'
import { type DraftRule, draftOf, ruleOf } from './rules.ts'

/** Bound of the contract. */
const mostRules = 10
const sorts = [People.VISITORS, People.USERS] as const

/** Builds a set of people, and counts it meanwhile. */
export function CohortForm({
  saved,
  onClose,
  onSaved,
}: {
  saved: SavedSegment | undefined
  onClose: () => void
  onSaved: (segmentId: string) => void
}) {
  const [name, setName] = useState(saved?.name ?? '')
  const [people, setPeople] = useState<Sort>(saved?.segment?.people === People.USERS ? People.USERS : People.VISITORS)
  const [rules, setRules] = useState<readonly DraftRule[]>(() => saved?.segment?.rules.map(draftOf) ?? [emptyRule(0)])
  const [asking, setAsking] = useState<number>()
  const asked = rules.find(({ id }) => id === asking)
  const queries = useQueryClient()
  const { mutate, error, isPending } = useMutation(SegmentService.method.putSegment, {
    onSuccess: async ({ segment }) => {
      await queries.invalidateQueries()
      onSaved(segment?.segmentId ?? '')
    },
  })
  const segment = { people, rules: rules.map(ruleOf) }
  const { form } = words
  return (
    <Dialog title={saved ? form.editTitle(saved.name) : form.title} shape="wide" onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          mutate({ segmentId: saved?.segmentId ?? '', name, segment })
        }}
      >
        <Head name={name} onName={setName} people={people} onPeople={setPeople} />
        <Rules rules={rules} onRules={setRules} onAsk={setAsking} />
        <Preview segment={segment} />
        {error && <Problem error={error} />}
        <Button type="submit" kind="strong" className="self-end" disabled={isPending || name.trim() === ''}>
          {form.save}
        </Button>
      </form>
      {/* Beside the form: what is entered there is not an answer to it. */}
      {asked && (
        <FilterDialog
          title={words.form.condition}
          onAdd={(filter) => setRules(withRule(rules, { ...asked, filters: [...asked.filters, filter] }))}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Dialog>
  )
}

type Sort = (typeof sorts)[number]

function Head({
  name,
  onName,
  people,
  onPeople,
}: {
  name: string
  onName: (name: string) => void
  people: Sort
  onPeople: (people: Sort) => void
}) {
  const { form } = words
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={form.name} value={name} maxLength={200} required onChange={({ target }) => onName(target.value)} />
      <Select
        label={form.who}
        value={String(people)}
        options={sorts.map((one) => ({
          value: String(one),
          name: one === People.USERS ? words.people.users : words.people.visitors,
        }))}
        onChoose={(one) => onPeople(Number(one) === People.USERS ? People.USERS : People.VISITORS)}
      />
    </div>
  )
}

function Rules({
  rules,
  onRules,
  onAsk,
}: {
  rules: readonly DraftRule[]
  onRules: (rules: readonly DraftRule[]) => void
  /** Asks for one more condition of the rule with this id. */
  onAsk: (id: number) => void
}) {
  const { form } = words
  const put = (changed: DraftRule): void => onRules(withRule(rules, changed))
  return (
    <>
      <ol aria-label={form.rules} className="flex flex-col gap-2">
        {rules.map((rule, at) => (
          <li key={rule.id}>
            <RuleCard
              rule={rule}
              at={at}
              onPut={put}
              onAsk={() => onAsk(rule.id)}
              onRemove={rules.length > 1 ? () => onRules(rules.filter(({ id }) => id !== rule.id)) : undefined}
            />
          </li>
        ))}
      </ol>
      <div>
        <Button
          icon="plus"
          disabled={rules.length >= mostRules}
          onClick={() => onRules([...rules, emptyRule(Math.max(...rules.map(({ id }) => id)) + 1)])}
        >
          {form.addRule}
        </Button>
      </div>
    </>
  )
}

const withRule = (rules: readonly DraftRule[], changed: DraftRule): readonly DraftRule[] =>
  rules.map((one) => (one.id === changed.id ? changed : one))

const emptyRule = (id: number): DraftRule => ({ id, filters: [], how: 'least', times: 1, lastDays: 0 })

function Preview({ segment }: { segment: { people: People; rules: ReturnType<typeof ruleOf>[] } }) {
  const { question } = useLooking()
  const request = { question: { ...question, segmentId: '', segment }, people: segment.people, limit: 1 }
  const { data, error } = useQuery(SegmentService.method.segmentMembers, request, { placeholderData: keepPreviousData })
  const { preview, previewNote } = words.form
  return (
    <div className="rounded-md bg-hover pt-2">
      {error && <Problem error={error} />}
      {!error && <Figures figures={[{ name: preview, value: data && formatCount(data.total), note: previewNote }]} />}
    </div>
  )
}
