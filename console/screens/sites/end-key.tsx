import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { AdminService, type ApiKey, type KeyKind } from '../../../proto/gen/userflow/v1/admin_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Problem } from '../../parts/states.tsx'
import { words } from '../../words/sites.ts'

/** A key that is to end: at once, or with a successor. */
export interface Ending {
  readonly how: 'rotate' | 'revoke'
  readonly key: ApiKey
}

/** Asks once more, and does it. */
export function EndKey({
  ending: { how, key },
  onClose,
  onMade,
}: {
  ending: Ending
  onClose: () => void
  onMade: (secret: string, kind: KeyKind) => void
}) {
  const client = useQueryClient()
  const done = (): void => {
    void client.invalidateQueries()
    onClose()
  }
  const revoke = useMutation(AdminService.method.revokeKey, { onSuccess: done })
  const rotate = useMutation(AdminService.method.rotateKey, {
    onSuccess: ({ secret }) => {
      onMade(secret, key.kind)
      done()
    },
  })
  const { keyId, prefix } = key
  const error = revoke.error ?? rotate.error
  const isRotation = how === 'rotate'
  return (
    <Dialog title={words.keys[how]} onClose={onClose}>
      <p className="mb-4">{isRotation ? words.keys.sureRotate(prefix) : words.keys.sureRevoke(prefix)}</p>
      {error && <Problem error={error} />}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>{words.keys.cancel}</Button>
        <Button
          kind={isRotation ? 'strong' : 'danger'}
          disabled={revoke.isPending || rotate.isPending}
          onClick={() => (isRotation ? rotate : revoke).mutate({ keyId })}
        >
          {words.keys[how]}
        </Button>
      </div>
    </Dialog>
  )
}
