import { FindEvent } from '../../events/find-event.tsx'
import { ScreenHead } from '../../parts/panel.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress } from '../../view/use-view.ts'
import { words } from '../../words/explorer.ts'
import { EventDialog } from './event-dialog.tsx'
import { Names } from './names.tsx'

/** What happens and how often; one kind of event with its properties; and where one event is. */
export function Screen() {
  const { search, change } = useAddress()
  const kind = textOf(search, 'kind')
  const close = (): void => change({ kind: undefined, name: undefined, plot: undefined, behind: undefined })
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      <div className="flex flex-col gap-4">
        <Names below={<FindEvent />} />
      </div>
      {kind !== undefined && <EventDialog kind={kind} name={textOf(search, 'name') ?? ''} onClose={close} />}
    </>
  )
}
