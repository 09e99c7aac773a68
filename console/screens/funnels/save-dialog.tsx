import type { MessageInitShape } from '@bufbuild/protobuf'
import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { FunnelService, type PutFunnelRequestSchema } from '../../../proto/gen/userflow/v1/saved_funnels_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Problem } from '../../parts/states.tsx'
import { words } from '../../words/funnels.ts'

/** Asks for a name, and puts the request under it. */
export function SaveDialog({
  title,
  name: first = '',
  request,
  onClose,
  onSaved,
}: {
  title: string
  name?: string
  request: Exclude<MessageInitShape<typeof PutFunnelRequestSchema>, { $typeName: string }>
  onClose: () => void
  onSaved: (funnelId: string) => void
}) {
  const [name, setName] = useState(first)
  const queries = useQueryClient()
  const { mutate, error, isPending } = useMutation(FunnelService.method.putFunnel, {
    onSuccess: async ({ funnel }) => {
      await queries.invalidateQueries()
      onSaved(funnel?.funnelId ?? '')
    },
  })
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          mutate({ ...request, name })
        }}
      >
        <Field
          label={words.saved.name}
          value={name}
          maxLength={200}
          required
          onChange={({ target }) => setName(target.value)}
        />
        {error && <Problem error={error} />}
        <Button type="submit" kind="strong" className="self-end" disabled={isPending || name.trim() === ''}>
          {words.saved.save}
        </Button>
      </form>
    </Dialog>
  )
}
