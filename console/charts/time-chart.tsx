import { useMemo, useState } from 'react'
import { NoteDialog } from '../notes/note-dialog.tsx'
import { NoteRow } from '../notes/note-row.tsx'
import { marksOf, placeNotes } from '../notes/place-notes.ts'
import { type Notes, useNotes } from '../notes/use-notes.ts'
import { Plot } from './plot.tsx'
import type { Mark, TimeLines } from './time-lines.ts'

/** Space of the line with notes, also while they are fetched: nothing moves when they come. */
const rowPixels = 36
const noMarks: readonly Mark[] = []

/** Lines over time, with the notes of the period if it is told when the intervals begin. All of it is as high as it says. */
export function TimeChart({ lines, height }: { lines: TimeLines; height: number }) {
  const notes = useNotes()
  const { startsMs } = lines
  if (!startsMs || !notes) return <Plot lines={lines} marks={noMarks} height={height} />
  return <NotedChart lines={lines} startsMs={startsMs} notes={notes} height={height} />
}

interface Noted {
  readonly lines: TimeLines
  readonly startsMs: readonly number[]
  readonly notes: Notes
  readonly height: number
}

function NotedChart({ lines, startsMs, notes, height }: Noted) {
  const { rows, may, nowMs } = notes
  /** The moment that a new one would have. */
  const [addingMs, setAddingMs] = useState<number>()
  const placed = useMemo(() => placeNotes(rows ?? [], startsMs), [rows, startsMs])
  const marks = useMemo(() => marksOf(placed), [placed])
  const usualMs = startsMs.findLast((ms) => ms <= nowMs) ?? nowMs
  return (
    <>
      <Plot
        lines={lines}
        marks={marks}
        height={height - rowPixels}
        onPick={may ? (at) => setAddingMs(startsMs[at]) : undefined}
      />
      <div style={{ height: rowPixels }} className="flex items-end">
        <NoteRow placed={placed} notes={notes} onAdd={() => setAddingMs(notes.isNow ? nowMs : usualMs)} />
      </div>
      {addingMs !== undefined && <NoteDialog atMs={addingMs} onClose={() => setAddingMs(undefined)} />}
    </>
  )
}
