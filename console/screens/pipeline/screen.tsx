import { FindEvent } from '../../events/find-event.tsx'
import { ScreenHead } from '../../parts/panel.tsx'
import { words } from '../../words/pipeline.ts'
import { Balance } from './balance.tsx'
import { useGrafana } from './grafana.ts'
import { Letters } from './letters.tsx'

/** Shows that nothing is missing, what was not stored and why, and where an event is. */
export function Screen() {
  const grafana = useGrafana()
  return (
    <>
      <ScreenHead
        title={words.title}
        note={words.note}
        actions={
          grafana && (
            <a href={grafana.home} target="_blank" rel="noreferrer" className="text-[13px] text-accent-ink underline">
              {words.grafana}
            </a>
          )
        }
      />
      <div className="flex flex-col gap-4">
        <Balance />
        <FindEvent />
        <Letters />
      </div>
    </>
  )
}
