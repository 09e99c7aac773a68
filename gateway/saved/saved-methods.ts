import type { AnnotationService } from '../../proto/gen/userflow/v1/annotations_pb.ts'
import type { FunnelService } from '../../proto/gen/userflow/v1/saved_funnels_pb.ts'
import type { Database } from '../../sql/database.ts'
import type { ReadMethods } from '../analytics/read-methods.ts'
import { stored } from '../analytics/run-statement.ts'
import { deleteAnnotation, listAnnotations, putAnnotation } from './annotations.ts'
import type { SavingCaller } from './keep.ts'
import { deleteFunnel, listFunnels, putFunnel } from './saved-funnels.ts'

/** The methods of FunnelService. They throw RequestError: PARAMETER_INVALID, UNKNOWN_ID, STORE_DOWN. */
export const createFunnelMethods = (db: Database): ReadMethods<typeof FunnelService, SavingCaller> => ({
  listFunnels: (_, caller) => stored(listFunnels(db, caller)),
  putFunnel: (request, caller) => putFunnel(db, request, caller),
  deleteFunnel: (request, caller) => stored(deleteFunnel(db, request, caller)),
})

/** The methods of AnnotationService. They throw RequestError: PARAMETER_INVALID, UNKNOWN_ID, STORE_DOWN. */
export const createAnnotationMethods = (db: Database): ReadMethods<typeof AnnotationService, SavingCaller> => ({
  listAnnotations: (request, caller) => stored(listAnnotations(db, request, caller)),
  putAnnotation: (request, caller) => putAnnotation(db, request, caller),
  deleteAnnotation: (request, caller) => stored(deleteAnnotation(db, request, caller)),
})
