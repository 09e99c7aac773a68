import type { MessageInitShape } from '@bufbuild/protobuf'
import { createClient, type Transport } from '@connectrpc/connect'
import { createConnectQueryKey, useQuery, useTransport } from '@connectrpc/connect-query'
import { keepPreviousData, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import {
  AnalyticsService,
  type LiveRequestSchema,
  type LiveResponse,
} from '../../../proto/gen/userflow/v1/analytics_pb.ts'

/** Without a stream, as behind a proxy that holds answers back. */
const askEveryMs = 5_000
/** After a stream ended, the next one is begun. */
const beginAgainMs = 5_000

type Asked = Pick<MessageInitShape<typeof LiveRequestSchema>, 'siteIds' | 'includeBots' | 'filters' | 'limit'>

/** Live figures: asked for once, then told by a stream while the page is in front; without a stream, asked for every 5 seconds. */
export function useLive(request: Asked, paused: boolean) {
  const [streams, setStreams] = useState(false)
  const isInFront = useInFront()
  const transport = useTransport()
  const queries = useQueryClient()
  const key = JSON.stringify(request)
  useEffect(() => {
    if (paused || !isInFront) return
    const leaving = new AbortController()
    const asked = JSON.parse(key) as Asked
    const queryKey = createConnectQueryKey({
      schema: AnalyticsService.method.live,
      input: asked,
      transport,
      cardinality: 'finite',
    })
    void follow({
      transport,
      asked,
      signal: leaving.signal,
      onLive: (live) => {
        setStreams(true)
        queries.setQueryData(queryKey, live)
      },
      onEnd: () => setStreams(false),
    })
    return () => leaving.abort()
  }, [key, paused, isInFront, transport, queries])
  const query = useQuery(AnalyticsService.method.live, request, {
    placeholderData: keepPreviousData,
    refetchInterval: paused || streams ? false : askEveryMs,
    staleTime: streams ? Number.POSITIVE_INFINITY : 0,
  })
  return { ...query, streams }
}

interface Following {
  readonly transport: Transport
  readonly asked: Asked
  readonly signal: AbortSignal
  readonly onLive: (live: LiveResponse) => void
  readonly onEnd: () => void
}

/** One stream after another until the signal: they end with the access token, and with the gateway. */
async function follow({ transport, asked, signal, onLive, onEnd }: Following): Promise<void> {
  const client = createClient(AnalyticsService, transport)
  while (!signal.aborted) {
    try {
      for await (const { live } of client.streamLive(asked, { signal })) if (live) onLive(live)
    } catch {
      // What is wrong is told by the question that is asked instead.
    }
    onEnd()
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, beginAgainMs))
  }
}

/** A page behind others holds no connection: a browser has six to a server. */
function useInFront(): boolean {
  const [isInFront, setInFront] = useState(() => document.visibilityState === 'visible')
  useEffect(() => {
    const look = (): void => setInFront(document.visibilityState === 'visible')
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  return isInFront
}
