import { Copy } from '../../parts/copy.tsx'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { Empty } from '../../parts/states.tsx'
import { useAddress } from '../../view/use-view.ts'
import { words } from '../../words/funnels.ts'
import { Builder } from './builder.tsx'
import { Result } from './result.tsx'
import { Trend } from './trend.tsx'
import { readWay } from './way.ts'

/** A way of steps: how far people get on it, how that changes, and who they are. */
export function Screen() {
  const { search } = useAddress()
  const way = readWay(search)
  const enough = way.steps.length >= 2
  return (
    <>
      <ScreenHead
        title={words.title}
        note={words.note}
        actions={enough && <Copy text={location.href} label={words.link} />}
      />
      <div className="flex flex-col gap-4">
        <Builder way={way} />
        {enough ? (
          <>
            <Result way={way} />
            <Trend way={way} />
          </>
        ) : (
          <Panel label={words.result}>
            <Empty title={words.few}>{words.fewNote}</Empty>
          </Panel>
        )}
      </div>
    </>
  )
}
