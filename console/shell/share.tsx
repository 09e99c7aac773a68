import { lazy, Suspense, useState } from 'react'
import { Role } from '../../proto/gen/userflow/v1/people_pb.ts'
import { Button } from '../parts/button.tsx'
import type { Screen } from '../screens/registry.ts'
import { canBeShared } from '../screens/shareable.ts'
import { useMay } from '../session/session-context.tsx'
import { words } from '../words/links.ts'

const ShareDialog = lazy(() => import('./share-dialog.tsx').then(({ ShareDialog }) => ({ default: ShareDialog })))

/** The button that shares the view with people who have no sign-in. */
export function Share({ screen }: { screen: Screen | undefined }) {
  const may = useMay(Role.EDITOR)
  const [open, setOpen] = useState(false)
  if (!may || !screen || !canBeShared(screen)) return undefined
  return (
    <>
      <Button kind="quiet" icon="share" onClick={() => setOpen(true)}>
        {words.share}
      </Button>
      {open && (
        <Suspense>
          <ShareDialog screen={screen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
