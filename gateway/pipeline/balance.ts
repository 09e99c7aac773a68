import type { MessageInitShape } from '@bufbuild/protobuf'
import type { BalanceRequest, BalanceResponseSchema } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { numberOf } from '../analytics/columns.ts'
import { checkOpenPeriod } from '../analytics/parameters.ts'

/** Was everything taken from the log stored, found a duplicate or kept as a dead letter? */
export async function balance(
  reading: Reading,
  request: BalanceRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof BalanceResponseSchema>> {
  const parameters = checkOpenPeriod(request)
  const { rows, meta } = await answer(reading, { metric: 'balance', caller, parameters })
  const sheet = rows[0]!
  return {
    taken: numberOf(sheet, 'taken'),
    stored: numberOf(sheet, 'stored'),
    duplicate: numberOf(sheet, 'duplicate'),
    deadLetter: numberOf(sheet, 'dead_letter'),
    difference: numberOf(sheet, 'difference'),
    meta,
  }
}
