import { useState } from 'react'
import type { Site } from '../../../proto/gen/userflow/v1/admin_pb.ts'
import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Choices } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useMay } from '../../session/session-context.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress } from '../../view/use-view.ts'
import { words } from '../../words/sites.ts'
import { Connect } from './connect.tsx'
import { Keys } from './keys.tsx'
import { Settings } from './settings.tsx'

const tabs = ['connect', 'keys', 'settings'] as const

/** One site. The text of a key that was just made is held here, so that the lines to copy have it. */
export function SiteDialog({ site, onClose }: { site: Site; onClose: () => void }) {
  const { search, change } = useAddress()
  const may = useMay(Role.ADMIN)
  const [secret, setSecret] = useState('')
  const chosen = tabs.find((one) => one === textOf(search, 'tab')) ?? 'connect'
  return (
    <Dialog title={site.name} shape="wide" onClose={onClose}>
      <div className="flex min-h-[60vh] flex-col gap-5">
        {may && (
          <div>
            <Choices
              label={site.name}
              options={tabs.map((value) => ({ value, name: words.tabs[value] }))}
              chosen={chosen}
              onChoose={(tab) => change({ tab: tab === 'connect' ? undefined : tab }, { replace: true })}
            />
          </div>
        )}
        {chosen === 'connect' && <Connect site={site} secret={secret} onMade={setSecret} />}
        {chosen === 'keys' && <Keys site={site} onMade={setSecret} />}
        {chosen === 'settings' && <Settings site={site} />}
      </div>
    </Dialog>
  )
}
