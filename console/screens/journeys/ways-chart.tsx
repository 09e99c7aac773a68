import { lazy, Suspense, useMemo } from 'react'
import type { JourneysResponse } from '../../../proto/gen/userflow/v1/journeys_pb.ts'
import type { Streams } from '../../charts/sankey-chart.tsx'
import { formatCount } from '../../parts/formats.ts'
import { stepWords, words } from '../../words/journeys.ts'
import { isStart, waysOf, writeStep } from './ways.ts'

const SankeyChart = lazy(() =>
  import('../../charts/sankey-chart.tsx').then(({ SankeyChart }) => ({ default: SankeyChart })),
)

/** Kept free for the drawing, also while it is fetched. */
export const chartHeight = 420

/** The ways as streams. On a narrow window they scroll. */
export function WaysChart({ answer, onStart }: { answer: JourneysResponse; onStart: (step: string) => void }) {
  const { streams, steps } = useMemo(() => streamsOf(answer), [answer])
  const choose = (name: string): void => {
    const step = steps.get(name)
    if (step && isStart(step)) onStart(writeStep(step))
  }
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={words.ways}
      className="overflow-x-auto"
    >
      <p className="sr-only">{words.drawn(formatCount(answer.sessions))}</p>
      <div className="min-w-3xl" style={{ height: chartHeight }}>
        <Suspense fallback={undefined}>
          <SankeyChart streams={streams} height={chartHeight} onChoose={choose} />
        </Suspense>
      </div>
    </section>
  )
}

function streamsOf({ links }: JourneysResponse) {
  const { stops, ways } = waysOf(links)
  const steps = new Map(stops.map(({ name, step }) => [name, step]))
  const sum = (name: string, end: 'source' | 'target'): number =>
    ways.filter((way) => way[end] === name).reduce((all, { value }) => all + value, 0)
  const streams: Streams = {
    nodes: stops.map(({ name, place, step }) => ({
      name,
      label: stepWords(step),
      column: place - 1,
      tip: words.node(stepWords(step), formatCount(Math.max(sum(name, 'source'), sum(name, 'target')))),
      quiet: !isStart(step),
    })),
    links: ways.map((way) => ({
      ...way,
      tip: words.link(stepWords(steps.get(way.source)), stepWords(steps.get(way.target)), formatCount(way.value)),
    })),
  }
  return { streams, steps }
}
