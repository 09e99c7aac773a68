import type { DescMessage, DescMethodUnary, MessageInitShape } from '@bufbuild/protobuf'
import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from './button.tsx'
import { Problem } from './states.tsx'

interface RemoveWords {
  readonly remove: string
  readonly removeSure: string
  readonly removeYes: string
  readonly removeNo: string
}

/** The button that deletes something, after it has asked whether that is meant. */
export function Remove<Input extends DescMessage, Output extends DescMessage>({
  method,
  request,
  words,
  onRemoved,
}: {
  method: DescMethodUnary<Input, Output>
  request: MessageInitShape<Input>
  words: RemoveWords
  onRemoved: () => void
}) {
  const [asks, setAsks] = useState(false)
  const queries = useQueryClient()
  const { mutate, error, isPending } = useMutation(method, {
    onSuccess: async () => {
      onRemoved()
      await queries.invalidateQueries()
    },
  })
  if (!asks) {
    return (
      <Button kind="danger" onClick={() => setAsks(true)}>
        {words.remove}
      </Button>
    )
  }
  return (
    <span className="flex flex-wrap items-center gap-2 text-[13px]" role="alert">
      {words.removeSure}
      <Button kind="danger" disabled={isPending} onClick={() => mutate(request)}>
        {words.removeYes}
      </Button>
      <Button onClick={() => setAsks(false)}>{words.removeNo}</Button>
      {error && <Problem error={error} />}
    </span>
  )
}
