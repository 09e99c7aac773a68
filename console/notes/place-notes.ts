import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Annotation } from '../../proto/gen/userflow/v1/annotations_pb.ts'
import type { Mark } from '../charts/time-lines.ts'

/** A note and the interval it lies in; notes of one interval have one number. */
export interface Placed {
  readonly note: Annotation
  readonly at: number
  readonly number: number
}

/** When a note is about. */
export const momentOfNote = ({ at }: Annotation): number => (at ? timestampMs(at) : 0)

/** Notes in the order of their moments, each in the last interval that begins by then; those before the first are left out. */
export function placeNotes(notes: readonly Annotation[], startsMs: readonly number[]): readonly Placed[] {
  const placed: Placed[] = []
  for (const note of notes.toSorted((a, b) => momentOfNote(a) - momentOfNote(b))) {
    const at = startsMs.findLastIndex((startMs) => startMs <= momentOfNote(note))
    const before = placed.at(-1)
    if (at >= 0) placed.push({ note, at, number: (before?.number ?? 0) + (before?.at === at ? 0 : 1) })
  }
  return placed
}

/** One mark an interval. */
export const marksOf = (placed: readonly Placed[]): readonly Mark[] =>
  [...Map.groupBy(placed, ({ at }) => at)].map(([at, all]) => ({
    at,
    number: all[0]?.number ?? 0,
    texts: all.map(({ note }) => note.text),
  }))
