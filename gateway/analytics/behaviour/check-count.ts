import { invalid } from '../../errors.ts'

/** A whole number of a question; 0 means the usual one. `least`: 1 if not said. @throws PARAMETER_INVALID */
export function checkCount(
  parameter: string,
  asked: number,
  bounds: { readonly usual: number; readonly least?: number; readonly most: number },
): number {
  const { usual, least = 1, most } = bounds
  if (asked === 0) return usual
  if (asked >= least && asked <= most) return asked
  throw invalid(parameter, `must be ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`)
}
