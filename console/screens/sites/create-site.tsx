import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { AdminService, type Site, SiteKind } from '../../../proto/gen/userflow/v1/admin_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Area, Field, Select } from '../../parts/field.tsx'
import { linesOf } from '../../parts/lines.ts'
import { Problem } from '../../parts/states.tsx'
import { siteKindWords, words } from '../../words/sites.ts'

const kinds = [SiteKind.WEB, SiteKind.SERVER, SiteKind.APP].map((kind) => ({
  value: String(kind),
  name: siteKindWords(kind),
}))

/** Makes a site; its page opens and shows what to put where. */
export function CreateSite({ onClose, onMade }: { onClose: () => void; onMade: (site: Site) => void }) {
  const [kind, setKind] = useState(String(SiteKind.WEB))
  const client = useQueryClient()
  const make = useMutation(AdminService.method.createSite, {
    onSuccess: async ({ site }) => {
      await client.invalidateQueries()
      if (site) onMade(site)
    },
  })
  return (
    <Dialog title={words.form.title} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          make.mutate({
            name: String(form.get('name')),
            kind: Number(kind) as SiteKind,
            timeZone: String(form.get('zone')),
            allowedOrigins: linesOf(String(form.get('origins') ?? '')),
          })
        }}
      >
        <Field label={words.form.name} name="name" maxLength={200} required autoFocus />
        <div className="grid gap-4 sm:grid-cols-2">
          <Select label={words.form.kind} value={kind} options={kinds} onChoose={setKind} />
          <Field
            label={words.form.zone}
            name="zone"
            defaultValue={Intl.DateTimeFormat().resolvedOptions().timeZone}
            hint={words.form.zoneHint}
          />
        </div>
        {kind === String(SiteKind.WEB) && (
          <Area label={words.form.origins} name="origins" hint={words.form.originsHint} />
        )}
        {make.error && <Problem error={make.error} />}
        <Button type="submit" kind="strong" className="self-end" disabled={make.isPending}>
          {words.form.submit}
        </Button>
      </form>
    </Dialog>
  )
}
