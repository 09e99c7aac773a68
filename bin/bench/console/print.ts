import type { ConsoleResult, Load } from './measure-console.ts'

/** The value below which so large a part of the values lies, or equals it. */
export function quantile(values: readonly number[], part: number): number {
  const ordered = values.toSorted((one, other) => one - other)
  return ordered[Math.max(0, Math.ceil(part * ordered.length) - 1)] ?? 0
}

const both = (loads: readonly Load[], of: (load: Load) => number): string =>
  `${Math.round(quantile(loads.map(of), 0.5))} / ${Math.round(quantile(loads.map(of), 0.95))}`

/** Lines for console.table, "p50 / p95" in ms: first loads, then each period. */
export function consoleRows({ first, periods }: ConsoleResult): Record<string, string | number>[] {
  return [
    { load: 'first, empty cache', ...timesOf(first) },
    ...periods.flatMap(({ period, unseen, again }) => [
      { load: `like ${period}, never asked before`, ...timesOf(unseen) },
      { load: `${period} again, from memory`, ...timesOf(again) },
    ]),
  ]
}

const timesOf = (loads: readonly Load[]) => ({
  'first paint': both(loads, ({ firstPaintMs }) => firstPaintMs),
  blocking: both(loads, ({ blockingMs }) => blockingMs),
  'greatest shift': Math.max(0, ...loads.map(({ shift }) => shift)),
  'KB transferred': Math.round(
    quantile(
      loads.map(({ bytes }) => bytes),
      0.5,
    ) / 1e3,
  ),
  Overview: both(loads, ({ overviewMs }) => overviewMs),
  'slowest question': both(loads, ({ slowestMs }) => slowestMs),
  screen: both(loads, ({ screenMs }) => screenMs),
})
