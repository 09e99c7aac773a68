import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { formatDay, formatMoment } from '../parts/formats.ts'
import { Problem } from '../parts/states.tsx'
import { dayIn } from '../view/zone.ts'
import { words } from '../words/notes.ts'
import { NoteDialog } from './note-dialog.tsx'
import { momentOfNote, type Placed } from './place-notes.ts'
import type { Notes } from './use-notes.ts'

/** What the marks of a chart say, in one line that scrolls, and the button that adds one. */
export function NoteRow({
  placed,
  notes: { rows, total, error, zone, may },
  onAdd,
}: {
  placed: readonly Placed[]
  notes: Notes
  onAdd: () => void
}) {
  const [openId, setOpenId] = useState<string>()
  const open = placed.find(({ note }) => note.annotationId === openId)?.note
  const left = total - (rows?.length ?? 0)
  return (
    <div className="flex h-8 min-w-0 flex-1 items-center gap-2 text-xs">
      {error !== null && <Problem error={error} />}
      {placed.length > 0 && (
        <ul aria-label={words.label} className="flex min-w-0 gap-1.5 overflow-x-auto py-px">
          {placed.map((one) => (
            <li key={one.note.annotationId} className="shrink-0">
              <Chip placed={one} zone={zone} onOpen={() => setOpenId(one.note.annotationId)} />
            </li>
          ))}
        </ul>
      )}
      {left > 0 && <span className="whitespace-nowrap text-muted">{words.earlier(left)}</span>}
      {rows && placed.length === 0 && <p className="truncate text-muted">{words.none}</p>}
      {may && (
        <Button kind="quiet" icon="plus" className="no-print ml-auto shrink-0 text-xs" onClick={onAdd}>
          {words.add}
        </Button>
      )}
      {open && <NoteDialog note={open} atMs={momentOfNote(open)} onClose={() => setOpenId(undefined)} />}
    </div>
  )
}

function Chip({ placed: { note, number }, zone, onOpen }: { placed: Placed; zone: string; onOpen: () => void }) {
  const ms = momentOfNote(note)
  return (
    <button
      type="button"
      title={`${formatMoment(ms, zone)}: ${note.text}`}
      onClick={onOpen}
      className="inline-flex h-7 max-w-64 items-center gap-1.5 rounded-full border border-line pr-2.5 pl-1.5 hover:bg-hover"
    >
      <span className="grid h-4 min-w-4 place-items-center rounded-full bg-ink px-1 text-[10px] font-semibold text-panel">
        {number}
      </span>
      <span className="whitespace-nowrap text-muted">{formatDay(dayIn(ms, zone))}</span>
      <bdi className="truncate">{note.text}</bdi>
    </button>
  )
}
