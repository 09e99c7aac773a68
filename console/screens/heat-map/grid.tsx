import type { HeatMapDevice } from '../../../proto/gen/userflow/v1/pointer_pb.ts'
import { formatCount, formatShare } from '../../parts/formats.ts'
import { words } from '../../words/heat-map.ts'

/** How the page is cut. */
export const grid = { columns: 50, rowPixels: 20 } as const

/** Where a device says no window: one that is usual. */
const usual = { width: 1_280, height: 800 } as const
/** Of a page that is clicked far down, the rest is left out. */
const mostHeight = 12_000

/** The cells over a neutral page as wide as the median window; the more clicks, the darker. */
export function Grid({ device, page }: { device: HeatMapDevice; page: string }) {
  const width = device.medianViewportWidth || usual.width
  const fold = device.medianViewportHeight || usual.height
  const lowest = Math.max(fold, ...device.cells.map(({ row }) => (row + 1) * grid.rowPixels))
  const height = Math.min(mostHeight, lowest + 2 * grid.rowPixels)
  const most = Math.max(1, ...device.cells.map(({ clicks }) => clicks))
  const cellWidth = width / grid.columns
  return (
    <svg
      role="img"
      aria-label={words.map(page, formatCount(device.clicks), formatCount(device.sessions))}
      viewBox={`0 0 ${width} ${height}`}
      className="mx-auto block w-full rounded-md border border-line bg-code"
      style={{ maxWidth: width }}
    >
      <Shape width={width} height={height} />
      {device.cells.map(({ column, row, clicks, x, y }) => (
        <rect
          key={`${column}-${row}`}
          data-clicks={clicks}
          x={column * cellWidth}
          y={row * grid.rowPixels}
          width={cellWidth}
          height={grid.rowPixels}
          rx={3}
          fill="var(--down)"
          fillOpacity={0.2 + 0.75 * Math.sqrt(clicks / most)}
        >
          <title>{words.cell(formatCount(clicks), formatShare(x), formatCount(y))}</title>
        </rect>
      ))}
      <line x1={0} x2={width} y1={fold} y2={fold} stroke="var(--muted)" strokeDasharray="8 6" strokeWidth={1.5} />
      <text x={8} y={fold - 8} fontSize={Math.max(12, width / 80)} fill="var(--muted)">
        {words.fold}
      </text>
    </svg>
  )
}

/** A head, a column of lines: something to find one's way by, and nobody's page. */
function Shape({ width, height }: { width: number; height: number }) {
  const lines = Math.min(60, Math.floor((height - 160) / 60))
  return (
    <g fill="var(--skeleton)">
      <rect x={0} y={0} width={width} height={56} />
      <rect x={width * 0.12} y={100} width={width * 0.45} height={28} rx={6} />
      {Array.from({ length: Math.max(0, lines) }, (_, at) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
          key={at}
          x={width * 0.12}
          y={160 + at * 60}
          width={width * (0.76 - ((at * 17) % 30) / 100)}
          height={14}
          rx={6}
        />
      ))}
    </g>
  )
}

/** What the darkness says. */
export function Legend() {
  return (
    <p className="flex items-center gap-2 text-xs text-muted">
      {words.few}
      <span aria-hidden="true" className="flex">
        {[0.2, 0.4, 0.6, 0.8, 0.95].map((opacity) => (
          <span key={opacity} className="h-3 w-5 bg-down" style={{ opacity }} />
        ))}
      </span>
      {words.many}
    </p>
  )
}
