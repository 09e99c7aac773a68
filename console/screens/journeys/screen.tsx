import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import { Behind, CompleteTo } from '../../parts/behind.tsx'
import { Button, Choices } from '../../parts/button.tsx'
import { callOf } from '../../parts/curl.ts'
import { Field, Tick } from '../../parts/field.tsx'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { stepWords, words } from '../../words/journeys.ts'
import { type Chosen, chosenOf, stepCounts } from './chosen.ts'
import { TopPaths } from './top-paths.tsx'
import { readStep, writeStep } from './ways.ts'
import { chartHeight, WaysChart } from './ways-chart.tsx'

const method = AnalyticsService.method.journeys

/** Which ways sessions take. */
export function Screen() {
  const { search, change } = useAddress()
  const { question, zone } = useLooking()
  const chosen = chosenOf(search)
  const request = { question, ...chosen, stepsPerPlace: 8 }
  const { data, error, refetch, isPlaceholderData } = useQuery(method, request, { placeholderData: keepPreviousData })
  const source = { id: 'journeys', title: words.title, call: callOf(method, request), meta: data?.meta, zone }
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      <div className="flex flex-col gap-4">
        <Panel
          title={chosen.start ? words.beginsAt(stepWords(chosen.start)) : words.fromTheBeginning}
          actions={
            <>
              <CompleteTo meta={data?.meta} zone={zone} />
              <Behind source={source} />
            </>
          }
        >
          <Chooser key={chosen.start && writeStep(chosen.start)} chosen={chosen} />
          <div className={`px-4 pb-4 ${isPlaceholderData ? 'opacity-60' : ''}`} style={{ minHeight: chartHeight + 16 }}>
            {error && <Problem error={error} onRetry={() => void refetch()} />}
            {!data && !error && <SkeletonRows rows={10} height={40} />}
            {data?.links.length === 0 && <Empty title={words.empty}>{words.emptyNote}</Empty>}
            {data && data.links.length > 0 && <WaysChart answer={data} onStart={(start) => change({ start })} />}
          </div>
        </Panel>
        <TopPaths chosen={chosen} />
      </div>
    </>
  )
}

/** Where to begin, how far, and whether custom events are steps. */
function Chooser({ chosen: { start, steps, withEvents } }: { chosen: Chosen }) {
  const { change } = useAddress()
  return (
    <form
      className="no-print flex flex-wrap items-start gap-x-5 gap-y-3 px-4 pt-1 pb-4"
      onSubmit={(event) => {
        event.preventDefault()
        const step = readStep(String(new FormData(event.currentTarget).get('start')).trim())
        change({ start: step && writeStep(step) })
      }}
    >
      <div className="flex w-full max-w-md items-start gap-2">
        <div className="min-w-0 flex-1">
          <Field
            label={words.start}
            name="start"
            defaultValue={start ? (writeStep(start).startsWith('event:') ? writeStep(start) : start.value) : ''}
            hint={words.startHint}
            spellCheck={false}
          />
        </div>
        <Button type="submit" className="mt-6 h-9">
          {words.show}
        </Button>
      </div>
      <div className="flex flex-col gap-1">
        <span className="text-[13px] font-medium">{words.steps}</span>
        <Choices
          label={words.steps}
          options={stepCounts.map((value) => ({ value, name: value }))}
          chosen={String(steps) as (typeof stepCounts)[number]}
          onChoose={(value) => change({ steps: value === '5' ? undefined : value })}
        />
      </div>
      <div className="pt-6 text-[13px]">
        <Tick
          label={words.withEvents}
          checked={withEvents}
          onChange={(event) => change({ events: event.target.checked ? 'yes' : undefined })}
        />
      </div>
    </form>
  )
}
