import { skipToken, useQuery } from '@connectrpc/connect-query'
import { useEffect } from 'react'
import { FunnelService, type SavedFunnel } from '../../../proto/gen/userflow/v1/saved_funnels_pb.ts'
import type { Listed } from '../../parts/list-panel.tsx'
import { useLink } from '../../session/session-context.tsx'
import { textOf } from '../../view/search.ts'
import { useAddress } from '../../view/use-view.ts'
import { isSame, readWay, type Way, wayOf, writeWay } from './way.ts'

/** The funnel that the address says: its steps, and the saved one it comes from. */
export interface Opened {
  readonly way: Way
  /** Absent: whoever looks is not told of others. */
  readonly list: Listed<SavedFunnel> | undefined
  /** What the address names; undefined: nothing, or nothing that there is. */
  readonly saved: SavedFunnel | undefined
  /** The address names one that is not there, or not any more. */
  readonly gone: boolean
  /** It says more than this screen can show. */
  readonly beyond: boolean
  /** The steps are not those that are saved. */
  readonly differs: boolean
}

/** Reads it. `?saved=ID` alone becomes the steps that are saved, so that the address says all of it to whoever gets it. */
export function useSaved(): Opened {
  const { search, change } = useAddress()
  const way = readWay(search)
  const id = textOf(search, 'saved') ?? ''
  // Through a shared link the steps of the address are all there is.
  const linked = useLink() !== undefined
  const { data, error, refetch } = useQuery(FunnelService.method.listFunnels, linked ? skipToken : {})
  const saved = data?.funnels.find(({ funnelId }) => funnelId === id)
  const kept = saved?.funnel && wayOf(saved.funnel)
  const opens = kept !== undefined && way.steps.length === 0
  useEffect(() => {
    if (opens) change(writeWay(kept), { replace: true })
  })
  return {
    way: opens ? kept : way,
    list: linked ? undefined : { rows: data?.funnels, error, refetch },
    saved,
    gone: id !== '' && data !== undefined && saved === undefined,
    beyond: saved !== undefined && kept === undefined,
    differs: kept !== undefined && !opens && !isSame(kept, way),
  }
}
