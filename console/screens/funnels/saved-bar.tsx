import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { FunnelService, type SavedFunnel } from '../../../proto/gen/userflow/v1/saved_funnels_pb.ts'
import { Button } from '../../parts/button.tsx'
import { formatMoment } from '../../parts/formats.ts'
import { Remove } from '../../parts/remove.tsx'
import { Problem } from '../../parts/states.tsx'
import { useMay } from '../../session/session-context.tsx'
import { useAddress, useLooking } from '../../view/use-view.ts'
import { words } from '../../words/funnels.ts'
import { SaveDialog } from './save-dialog.tsx'
import type { Opened } from './use-saved.ts'
import { definitionOf } from './way.ts'

/** The saved funnel that is open: its name, and what an editor can do with it. */
export function SavedBar({ opened, saved }: { opened: Opened; saved: SavedFunnel }) {
  const { change } = useAddress()
  const { zone } = useLooking()
  const may = useMay(Role.EDITOR)
  const { funnelId, name, changedAt, changedBy } = saved
  return (
    <section
      aria-label={words.saved.bar}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-panel px-4 py-3"
    >
      <Button
        kind="quiet"
        icon="left"
        onClick={() => change({ saved: undefined, step: undefined, members: undefined })}
      >
        {words.saved.all}
      </Button>
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-semibold">
          <bdi>{name}</bdi>
        </h2>
        <p className="truncate text-xs text-muted">
          {opened.differs
            ? words.saved.differs
            : changedAt && words.saved.changedBy(formatMoment(timestampMs(changedAt), zone), changedBy)}
        </p>
      </div>
      {opened.differs && <Undo />}
      {may && opened.differs && <SaveChange opened={opened} saved={saved} />}
      {may && <Rename saved={saved} />}
      {may && (
        <Remove
          method={FunnelService.method.deleteFunnel}
          request={{ funnelId }}
          words={words.saved}
          onRemoved={() => change({ saved: undefined, step: undefined, members: undefined })}
        />
      )}
    </section>
  )
}

function Undo() {
  const { change } = useAddress()
  return (
    <Button kind="quiet" onClick={() => change({ step: undefined, members: undefined })}>
      {words.saved.undo}
    </Button>
  )
}

function SaveChange({ opened, saved: { funnelId, name } }: { opened: Opened; saved: SavedFunnel }) {
  const queries = useQueryClient()
  const { mutate, error, isPending } = useMutation(FunnelService.method.putFunnel, {
    onSuccess: () => queries.invalidateQueries(),
  })
  const funnel = definitionOf(opened.way)
  return (
    <>
      <Button
        kind="strong"
        disabled={isPending || funnel.steps.length < 2}
        onClick={() => mutate({ funnelId, name, funnel })}
      >
        {words.saved.saveChanges}
      </Button>
      <SaveNew opened={opened} kind="plain" name={words.saved.saveAs} />
      {error && <Problem error={error} />}
    </>
  )
}

/** The button that saves the way under a name of its own. */
export function SaveNew({ opened, kind, name }: { opened: Opened; kind: 'plain' | 'strong'; name: string }) {
  const [open, setOpen] = useState(false)
  const { change } = useAddress()
  return (
    <>
      <Button kind={kind} disabled={opened.way.steps.length < 2} onClick={() => setOpen(true)}>
        {name}
      </Button>
      {open && (
        <SaveDialog
          title={name}
          request={{ funnel: definitionOf(opened.way) }}
          onClose={() => setOpen(false)}
          onSaved={(saved) => {
            setOpen(false)
            change({ saved })
          }}
        />
      )}
    </>
  )
}

function Rename({ saved: { funnelId, name } }: { saved: SavedFunnel }) {
  const [open, setOpen] = useState(false)
  const close = (): void => setOpen(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.saved.rename}</Button>
      {open && (
        <SaveDialog title={words.saved.rename} name={name} request={{ funnelId }} onClose={close} onSaved={close} />
      )}
    </>
  )
}
