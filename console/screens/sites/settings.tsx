import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { AdminService, IpMode, type Site } from '../../../proto/gen/userflow/v1/admin_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Area, Field, Select, Tick } from '../../parts/field.tsx'
import { linesOf } from '../../parts/lines.ts'
import { Problem } from '../../parts/states.tsx'
import { ipModeWords, words } from '../../words/sites.ts'

const ipModes = [IpMode.CUT, IpMode.FULL, IpMode.NONE].map((mode) => ({ value: String(mode), name: ipModeWords(mode) }))

/** What can be changed of a site. */
export function Settings({ site }: { site: Site }) {
  const { siteId, name, allowedOrigins, privacy } = site
  const [ipMode, setIpMode] = useState(String(privacy?.ipMode ?? IpMode.CUT))
  const [keepsAll, setKeepsAll] = useState(privacy?.keepAllQueryParameters ?? false)
  const client = useQueryClient()
  const save = useMutation(AdminService.method.updateSite, { onSuccess: () => void client.invalidateQueries() })
  const change = (form: FormData): void => {
    const text = (field: string): string => String(form.get(field) ?? '')
    save.mutate({
      siteId,
      name: text('name'),
      allowedOrigins: { origins: linesOf(text('origins')) },
      privacy: {
        ipMode: Number(ipMode) as IpMode,
        cookieless: form.has('cookieless'),
        respectDoNotTrack: form.has('dnt'),
        keepAllQueryParameters: keepsAll,
        queryParameters: keepsAll ? [] : linesOf(text('parameters')),
        deniedProperties: linesOf(text('denied')),
      },
    })
  }
  return (
    <form
      className="flex max-w-xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        change(new FormData(event.currentTarget))
      }}
    >
      <Field label={words.form.name} name="name" defaultValue={name} maxLength={200} required />
      <Area
        label={words.form.origins}
        name="origins"
        defaultValue={allowedOrigins.join('\n')}
        hint={words.form.originsHint}
      />
      <Select label={words.settings.ip} value={ipMode} options={ipModes} onChoose={setIpMode} />
      <Tick label={words.settings.cookieless} name="cookieless" defaultChecked={privacy?.cookieless ?? true} />
      <Tick label={words.settings.dnt} name="dnt" defaultChecked={privacy?.respectDoNotTrack ?? false} />
      <Tick
        label={words.settings.allParameters}
        checked={keepsAll}
        onChange={(event) => setKeepsAll(event.target.checked)}
      />
      {!keepsAll && (
        <Area
          label={words.settings.parameters}
          name="parameters"
          defaultValue={privacy?.queryParameters.join('\n') ?? ''}
          hint={words.settings.list}
        />
      )}
      <Area
        label={words.settings.denied}
        name="denied"
        defaultValue={privacy?.deniedProperties.join('\n') ?? ''}
        hint={words.settings.list}
      />
      {save.error && <Problem error={save.error} />}
      <div className="flex items-center justify-end gap-3">
        {save.isSuccess && (
          <p role="status" className="text-[13px] text-up">
            {words.settings.saved}
          </p>
        )}
        <Button type="submit" kind="strong" disabled={save.isPending}>
          {words.form.save}
        </Button>
      </div>
    </form>
  )
}
