/** A line without axes, drawn by us: the chart library is not needed for it. The last, incomplete part is dashed. */
export function Sparkline({ values, incomplete }: { values: readonly number[]; incomplete: number }) {
  const [width, height] = [100, 28]
  if (values.length < 2) return <svg aria-hidden="true" viewBox={`0 0 ${width} ${height}`} className="h-7 w-full" />
  const most = Math.max(...values, 0) || 1
  const x = (at: number): number => (at / (values.length - 1)) * width
  const y = (value: number): number => height - 2 - (value / most) * (height - 5)
  const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`)
  const until = Math.max(1, values.length - incomplete)
  const stroke = {
    fill: 'none',
    stroke: 'var(--series-1)',
    strokeWidth: 1.5,
    vectorEffect: 'non-scaling-stroke',
  } as const
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-7 w-full">
      <polyline points={points.slice(0, until).join(' ')} {...stroke} strokeLinejoin="round" />
      {incomplete > 0 && <polyline points={points.slice(until - 1).join(' ')} {...stroke} strokeDasharray="3 3" />}
    </svg>
  )
}
