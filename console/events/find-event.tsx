import { skipToken, useQuery } from '@connectrpc/connect-query'
import { EventState, type FindEventResponse, PipelineService } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Panel } from '../parts/panel.tsx'
import { Problem, SkeletonRows } from '../parts/states.tsx'
import { textOf } from '../view/search.ts'
import { useAddress, useLooking } from '../view/use-view.ts'
import { words } from '../words/pipeline.ts'
import { EventRoad } from './event-road.tsx'
import { EventFacts } from './event-row.tsx'

const askAgainMs = 2_000

/** Where an event is, by its id; the id stands in the address, so that the answer can be handed on. */
export function FindEvent() {
  const { search, change } = useAddress()
  const id = textOf(search, 'event') ?? ''
  return (
    <Panel title={words.find.title}>
      <form
        className="flex flex-wrap items-start gap-3 px-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault()
          const text = String(new FormData(event.currentTarget).get('id')).trim()
          change({ event: text === '' ? undefined : text })
        }}
      >
        <div className="w-full max-w-md">
          <Field
            key={id}
            label={words.find.label}
            name="id"
            defaultValue={id}
            hint={words.find.hint}
            spellCheck={false}
          />
        </div>
        <Button type="submit" kind="strong" className="h-9 sm:mt-6">
          {words.find.submit}
        </Button>
      </form>
      {id !== '' && <Found id={id} />}
    </Panel>
  )
}

function Found({ id }: { id: string }) {
  const { zone } = useLooking()
  const { data, error, refetch } = useQuery(PipelineService.method.findEvent, id ? { eventId: id } : skipToken, {
    retry: false,
    refetchInterval: ({ state }) => (state.data?.state === EventState.ON_LOG ? askAgainMs : false),
  })
  return (
    <div className="border-t border-line p-4" aria-live="polite">
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={3} />}
      {data && <Answer answer={data} zone={zone} />}
    </div>
  )
}

function Answer({ answer, zone }: { answer: FindEventResponse; zone: string }) {
  const { state, event } = answer
  return (
    <div className="flex flex-col gap-3">
      <p className="font-semibold">{words.find.states[state]}</p>
      {state === EventState.UNKNOWN ? (
        <p className="text-[13px] text-muted">{words.find.unknown}</p>
      ) : (
        <EventRoad answer={answer} />
      )}
      {event && (
        <div className="overflow-hidden rounded-md border border-line">
          <EventFacts event={event} zone={zone} linked />
        </div>
      )}
    </div>
  )
}
