import { Presets, SingleBar } from 'cli-progress'

/** A progress bar on a terminal; elsewhere nothing. */
export interface Progress {
  /** Shows how far it is and a word about it. */
  update(value: number, note: string): void
  stop(): void
}

/** Starts a bar. `unit` names what is counted. */
export function startProgress(total: number, unit: string): Progress {
  const bar = new SingleBar(
    { format: `{bar} {percentage}% {value}/{total} ${unit} | {note}`, stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  )
  bar.start(total, 0, { note: '' })
  return {
    update: (value, note) => bar.update(Math.min(value, total), { note }),
    stop: () => bar.stop(),
  }
}
