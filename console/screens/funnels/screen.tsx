import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Copy } from '../../parts/copy.tsx'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Empty } from '../../parts/states.tsx'
import { useMay } from '../../session/session-context.tsx'
import { words } from '../../words/funnels.ts'
import { Builder } from './builder.tsx'
import { Result } from './result.tsx'
import { SavedBar, SaveNew } from './saved-bar.tsx'
import { SavedList } from './saved-list.tsx'
import { Trend } from './trend.tsx'
import { useSaved } from './use-saved.ts'

/** A way of steps: how far people get on it, how that changes, and who they are; and the ways that are saved. */
export function Screen() {
  const opened = useSaved()
  const may = useMay(Role.EDITOR)
  const { way, saved, gone, beyond } = opened
  const enough = way.steps.length >= 2
  const { saved: kept } = words
  return (
    <>
      <ScreenHead
        title={words.title}
        note={words.note}
        actions={
          enough && (
            <>
              <Copy text={location.href} label={words.link} />
              {may && !saved && <SaveNew opened={opened} kind="strong" name={kept.save} />}
            </>
          )
        }
      />
      <div className="flex flex-col gap-4">
        {saved && <SavedBar opened={opened} saved={saved} />}
        {gone && !enough && <Said title={kept.gone} note={kept.goneNote} />}
        {beyond && !enough && <Said title={kept.beyond} note={kept.beyondNote} />}
        {!(beyond && !enough) && <Builder way={way} />}
        {enough && (
          <>
            <Result way={way} />
            <Trend way={way} />
          </>
        )}
        {!enough && !beyond && <Said title={words.few} note={words.fewNote} />}
        {!enough && !saved && opened.list && <SavedList list={opened.list} />}
      </div>
    </>
  )
}

function Said({ title, note }: { title: string; note: string }) {
  return (
    <Panel label={title}>
      <Empty title={title}>{note}</Empty>
    </Panel>
  )
}
