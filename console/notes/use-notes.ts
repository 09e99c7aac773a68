import { timestampMs } from '@bufbuild/protobuf/wkt'
import { skipToken, useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { type Annotation, AnnotationService } from '../../proto/gen/userflow/v1/annotations_pb.ts'
import { Role } from '../../proto/gen/userflow/v1/people_pb.ts'
import { useLink, useMay } from '../session/session-context.tsx'
import { useLooking } from '../view/use-view.ts'

/** The notes of the period that is looked at. */
export interface Notes {
  /** The latest first; absent: they are on their way. */
  readonly rows: readonly Annotation[] | undefined
  readonly total: number
  readonly error: unknown
  readonly zone: string
  readonly nowMs: number
  /** Whether the period has not ended yet. */
  readonly isNow: boolean
  /** Whether the person may add and change them. */
  readonly may: boolean
}

const mostNotes = 200

/** Asks for them. Undefined through a shared link: notes are for those who work on the sites. */
export function useNotes(): Notes | undefined {
  const { question, zone, nowMs } = useLooking()
  const may = useMay(Role.EDITOR)
  const linked = useLink() !== undefined
  const { from, to, siteIds } = question
  const { data, error } = useQuery(
    AnnotationService.method.listAnnotations,
    linked ? skipToken : { from, to, siteIds, limit: mostNotes },
    { placeholderData: keepPreviousData },
  )
  if (linked) return undefined
  const isNow = timestampMs(from) <= nowMs && nowMs < timestampMs(to)
  return { rows: data?.annotations, total: data?.total ?? 0, error, zone, nowMs, isNow, may }
}
