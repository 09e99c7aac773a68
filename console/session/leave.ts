import { createClient } from '@connectrpc/connect'
import { useTransport } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { PeopleService } from '../../proto/gen/userflow/v1/people_pb.ts'
import { useSigning } from './session-context.tsx'

/** Signs out here or everywhere. The page forgets what it has shown, whether or not the gateway answers. */
export function useLeave(): (where: 'here' | 'everywhere') => Promise<void> {
  const { session } = useSigning()
  const people = createClient(PeopleService, useTransport())
  const client = useQueryClient()
  return async (where) => {
    await (where === 'everywhere' ? people.signOutEverywhere({}) : people.signOut({})).catch(() => undefined)
    client.clear()
    session.signedOut()
  }
}
