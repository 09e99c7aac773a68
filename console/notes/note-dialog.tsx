import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Annotation, AnnotationService } from '../../proto/gen/userflow/v1/annotations_pb.ts'
import { Role } from '../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field, Select } from '../parts/field.tsx'
import { formatExactly } from '../parts/formats.ts'
import { Remove } from '../parts/remove.tsx'
import { Problem } from '../parts/states.tsx'
import { useMay } from '../session/session-context.tsx'
import { useSites } from '../view/sites.ts'
import { useLooking } from '../view/use-view.ts'
import { momentOf, wallTextOf } from '../view/zone.ts'
import { words } from '../words/notes.ts'

interface NoteOf {
  /** The one that is open; absent: a new one. */
  readonly note?: Annotation
  /** The moment that is said until another is chosen. */
  readonly atMs: number
  readonly onClose: () => void
}

/** A note: whoever may changes it, others read it. */
export function NoteDialog(props: NoteOf) {
  const may = useMay(Role.EDITOR)
  const { note, onClose } = props
  return (
    <Dialog title={note ? words.one : words.add} onClose={onClose}>
      {may ? <NoteForm {...props} /> : <p className="break-words">{note && <bdi>{note.text}</bdi>}</p>}
      {note && <About note={note} />}
    </Dialog>
  )
}

function About({ note: { at, author } }: { note: Annotation }) {
  const { zone } = useLooking()
  const ms = at ? Number(at.seconds) * 1_000 : 0
  return <p className="mt-4 text-xs break-words text-muted">{words.about(formatExactly(ms, zone), author)}</p>
}

function NoteForm({ note, atMs, onClose }: NoteOf) {
  const { zone, view } = useLooking()
  const before = wallTextOf(atMs, zone)
  const [text, setText] = useState(note?.text ?? '')
  const [when, setWhen] = useState(before)
  const [site, setSite] = useState(String(note?.siteId ?? view.siteId))
  const queries = useQueryClient()
  const { mutate, error, isPending } = useMutation(AnnotationService.method.putAnnotation, {
    onSuccess: async () => {
      onClose()
      await queries.invalidateQueries()
    },
  })
  // The field has whole minutes: untouched, the moment stays as it is.
  const ms = when === before ? atMs : momentOf(when, zone)
  const save = (): void =>
    mutate({ annotationId: note?.annotationId ?? '', at: timestampFromMs(ms), siteId: Number(site), text })
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Field
        label={words.text}
        hint={words.textHint}
        value={text}
        maxLength={200}
        required
        onChange={({ target }) => setText(target.value)}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={words.when}
          hint={words.whenHint(zone)}
          type="datetime-local"
          value={when}
          required
          onChange={({ target }) => setWhen(target.value)}
        />
        <SiteSelect value={site} onChoose={setSite} />
      </div>
      {error && <Problem error={error} />}
      <div className="flex flex-wrap items-center justify-between gap-2">
        {note ? (
          <Remove
            method={AnnotationService.method.deleteAnnotation}
            request={{ annotationId: note.annotationId }}
            words={words}
            onRemoved={onClose}
          />
        ) : (
          <span />
        )}
        <Button type="submit" kind="strong" disabled={isPending || text.trim() === '' || Number.isNaN(ms)}>
          {words.save}
        </Button>
      </div>
    </form>
  )
}

function SiteSelect({ value, onChoose }: { value: string; onChoose: (siteId: string) => void }) {
  const sites = useSites().map(({ siteId, name }) => ({ value: String(siteId), name }))
  return (
    <Select
      label={words.site}
      value={value}
      options={[{ value: '0', name: words.allSites }, ...sites]}
      onChoose={onChoose}
    />
  )
}
